"""The shares of a GPU's ceilings that a training step reaches, both measured on it, and a profile.

The step is that of SwinIR-light at scale 4, crop 128, batch 16 in bfloat16, with L1 and a VGG patch
discriminator. Ceilings: a large matrix product and a copy. A share is the time that a ceiling alone
would allow, of the time that the step takes; the larger share is that of the ceiling that binds.
"""

from typing import Any

import torch

from bench.compare import Aim, Sample, measurement
from bench.step import Step, Work, work_of
from bench.step_profile import kernels
from bench.step_time import copied_bytes_per_second, multiplied_flops_per_second, seconds_of

GENERATOR, CROP, BATCH = "swinir-light", 128, 16
PRODUCT, COPY = 8192, 2**30
_STEPS = 20


def ceiling_rows(runs: int) -> tuple[list[dict[str, Any]], list[str]]:
    """The shares of a GPU's ceilings that the step reaches, as rows, and notes on its work."""
    device = torch.device("cuda")
    step = Step(GENERATOR, CROP, BATCH, device)
    work = work_of(step)
    samples: dict[str, list[Sample]] = {}
    for _ in range(runs):
        flops = multiplied_flops_per_second(PRODUCT, torch.bfloat16, device)
        traffic = copied_bytes_per_second(COPY, device)
        torch.cuda.reset_peak_memory_stats()
        seconds = seconds_of(step, _STEPS, device)
        peak = torch.cuda.max_memory_allocated() / 2**20
        for name, value in shares(work, seconds, flops, traffic).items():
            samples.setdefault(name, []).append(Sample(value))
        samples.setdefault("seconds", []).append(Sample(1000 * seconds, peak))
        samples.setdefault("flops", []).append(Sample(flops / 1e12))
        samples.setdefault("traffic", []).append(Sample(traffic / 1e9))
    rows = [
        measurement("step of SwinIR-light", "ms", samples["seconds"]),
        measurement("ceiling of a matrix product, bf16", "TFLOP/s", samples["flops"]),
        measurement("ceiling of a copy", "GB/s", samples["traffic"]),
        measurement("share of the arithmetic ceiling", "", samples["arithmetic"]),
        measurement("share of the memory ceiling", "", samples["memory"]),
        measurement(
            "share of the ceiling that binds", "", samples["binding"], aim=Aim("at least", 0.5)
        ),
    ]
    return rows, [_note(work), "Kernels by time: " + ", ".join(kernels(step, device))]


def shares(
    work: Work, seconds: float, flops_per_second: float, bytes_per_second: float
) -> dict[str, float]:
    """The time that each ceiling alone allows the work, of the `seconds` that it takes."""
    arithmetic = work.flops / flops_per_second / seconds
    memory = work.moved / bytes_per_second / seconds
    return {"arithmetic": arithmetic, "memory": memory, "binding": max(arithmetic, memory)}


def _note(work: Work) -> str:
    return (
        f"GPU: a step of {GENERATOR} at crop {CROP}, batch {BATCH} has {work.flops / 1e12:.2f} "
        f"TFLOP in products and convolutions, and its operations read and write "
        f"{work.moved / 1e9:.1f} GB."
    )
