"""Where there is no GPU, `torch.cuda` is a fake here, and named so."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
import safetensors.torch
import torch

from asymmetry.core.usage import Usage
from asymmetry.planning.plan import Plan
from asymmetry.training import checkpoint, usage
from asymmetry.training.checkpoint import Header, load_checkpoint, save_checkpoint
from asymmetry.training.job import train
from asymmetry.training.usage import SharedClock, UsageCounter, _GpuMeter, meter_of

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The clocks that are read, to be set by the test."""
    now = {"monotonic": 100.0, "process_time": 7.0}
    for name in now:
        monkeypatch.setattr(f"time.{name}", lambda name=name: now[name])
    return now


@pytest.fixture
def fake_gpu(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], int]], None]:
    """Puts a card into `torch.cuda` that is busy as many percent as a function says."""

    def put(percent: Callable[[], int]) -> None:
        monkeypatch.setattr(usage, "_SAMPLE_SECONDS", 0.001)
        monkeypatch.setattr("torch.cuda.get_device_name", lambda _device: "Fake H200")
        monkeypatch.setattr("torch.cuda.max_memory_allocated", lambda _device: 3 * 2**20)
        monkeypatch.setattr("torch.cuda.utilization", lambda _device: percent())

    return put


def counter_of(device: torch.device, threads: int) -> UsageCounter:
    return UsageCounter(device, meter_of(device, threads), SharedClock())


def sampled(percents: list[int]) -> tuple[Callable[[], int], Event]:
    """A card with these samples and then none, and when they were all taken."""
    left, done = list(percents), Event()

    def percent() -> int:
        if not left:
            done.set()
            raise RuntimeError("no more samples")
        return left.pop(0)

    return percent, done


def test_trainings_share_the_time_evenly_and_wholly(monkeypatch: pytest.MonkeyPatch):
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    clock, shares = SharedClock(3), []
    for passed in (6.0, 4.0, 5.0):  # three trainings, then two, then one
        now[0] += passed
        shares.append(clock.now())
        clock.leave()
    assert shares == [2.0, 2.0 + 2.0, 2.0 + 2.0 + 5.0]
    assert sum(shares) == 15.0
    assert clock.now() == 9.0  # nobody is left, and nothing fails


def test_a_cpu_is_used_as_far_as_its_threads_are_busy(clocks: dict[str, float]):
    counter = counter_of(CPU, threads=2)
    clocks |= {"monotonic": 110.0, "process_time": 12.0}  # 5 of 2 * 10 s
    total = counter.total()
    assert (total.device, total.device_seconds, total.mean_utilisation) == ("cpu", 10.0, 0.25)
    assert total.attempts == 1
    assert total.peak_memory_mb > 10


def test_attempts_add_up(clocks: dict[str, float]):
    counter = counter_of(CPU, threads=2)
    counter.carry(Usage(), Usage("cpu", 30.0, 0.65, 1e9, 2))
    clocks |= {"monotonic": 110.0, "process_time": 12.0}
    # (30 * 0.65 + 10 * 0.25) / 40
    assert counter.total() == Usage("cpu", 40.0, 0.55, 1e9, 3)


def test_the_fuller_of_two_accounts_is_taken(clocks: dict[str, float]):
    """A killed attempt's heartbeat knows of the steps after its last checkpoint."""
    counter = counter_of(CPU, threads=1)
    counter.carry(Usage("cpu", 30.0, 0.5, 1e9, 1), Usage("cpu", 34.0, 0.5, 1e9, 2))
    assert counter.total().device_seconds == 34.0
    assert counter.total().attempts == 3


def test_a_fake_gpu_s_utilisation_is_the_mean_of_samples(fake_gpu: Callable[..., None]):
    percent, done = sampled([40, 80, 90])
    fake_gpu(percent)
    counter = counter_of(CUDA, threads=1)
    counter._meter.start()
    assert done.wait(60)
    counter._meter.stop()
    total = counter.total()
    assert (total.device, total.mean_utilisation, total.peak_memory_mb) == ("Fake H200", 0.7, 3.0)


def test_a_fake_gpu_without_nvml_has_no_utilisation(fake_gpu: Callable[..., None]):
    percent, done = sampled([])
    fake_gpu(percent)
    counter = counter_of(CUDA, threads=1)
    counter._meter.start()
    assert done.wait(60)
    counter._meter.stop()
    assert counter.total().mean_utilisation is None
    counter._meter._thread.join(60)  # `stop` waits less, and a busy machine may need longer
    assert not counter._meter._thread.is_alive()


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without NVML")
def test_the_real_torch_of_a_machine_without_nvml_is_no_error():
    meter = _GpuMeter(CUDA)
    meter._sample()
    assert meter.mean() is None


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_real_gpu_is_measured():
    meter = _GpuMeter(CUDA)
    meter._sample()
    assert meter.mean() is None or 0 <= meter.mean() <= 1
    assert counter_of(CUDA, threads=1).total().device == torch.cuda.get_device_name(CUDA)


def test_sampling_changes_no_byte(
    make_plan: Callable[..., Plan],
    fake_gpu: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
):
    """A training on the CPU, beside the thread that asks a fake card all the time."""
    plan = make_plan()
    train(plan, plan.warm_starts[0].id)
    run = plan.runs[1]
    train(plan, run.id)
    plain = models(run.folder)
    shutil.rmtree(run.folder)
    fake_gpu(lambda: 50)
    monkeypatch.setattr(usage, "_CpuMeter", lambda _threads: _GpuMeter(CUDA))
    train(plan, run.id)
    assert models(run.folder) == plain
    assert json.loads(run.record.read_text())["usage"]["mean_utilisation"] == 0.5


def models(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.safetensors")}


def test_a_record_has_its_usage(make_plan: Callable[..., Plan]):
    plan = make_plan()
    warm = plan.warm_starts[0]
    train(plan, warm.id)
    record = json.loads(warm.record.read_text())
    used = Usage(**record["usage"])
    assert (used.device, used.attempts) == ("cpu", 1)
    assert used.device_seconds >= record["seconds"] > 0
    assert used.mean_utilisation is not None
    assert 0 < used.mean_utilisation <= 1
    assert not {"device", "peak_memory_mb"} & set(record)


def test_a_checkpoint_carries_the_usage(tmp_path: Path):
    header = Header("a/b-1", 7, 1.5, 2, Usage("Fake H200", 2.5, 0.7, 3.0, 3))
    save_checkpoint(tmp_path / "c.bin", header, {"w": torch.zeros(2)})
    assert load_checkpoint(tmp_path / "c.bin", "a/b-1")[0] == header


def test_a_checkpoint_without_usage_is_read():
    old = '{"run": "a/b-1", "step": 7, "seconds": 1.5, "continued": 2}'
    image = safetensors.torch.save({"w": torch.zeros(2)}, {"header": old})
    assert checkpoint._header(image) == Header("a/b-1", 7, 1.5, 2)
