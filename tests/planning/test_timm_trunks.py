"""Trunks of timm in a study: named, planned, refused before anything trains, and used."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file

from asymmetry.artifacts.release import release
from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.fidelity.registry import build_fidelity, fidelity_names
from asymmetry.iqa.transfer.initialisations import find_initialisation
from asymmetry.metrics.contracts import METRICS
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.plan import Plan
from asymmetry.planning.preflight import check
from asymmetry.planning.run import Run
from asymmetry.study import parse_study
from asymmetry.training.job import train
from tests.conftest import small_values

# isort: split
import timm

NETWORK = "test_convnext.r160_in1k"
WEIGHTS = Path(f"data/weights/timm/{NETWORK}.safetensors")
Planned = Callable[..., Plan]


@pytest.fixture
def planned(workplace: Path) -> Planned:
    """Plans a study with `nano`, a tiny network of timm, whose weights are there."""
    write_weights(0)
    return plan


def plan(fidelity: str = "dists-nano", trunk: str = "nano", **discriminator: Any) -> Plan:
    values = small_values()
    values["backbones"] = {"nano": {"timm": NETWORK}}
    values["discriminators"] = {"nano-patch": {"backbone": trunk, "head": "patch"} | discriminator}
    values["grid"] |= {"fidelity": [fidelity], "discriminators": ["nano-patch"]}
    values["evaluation"]["metrics"] += ["dists-nano"]
    values["warm_start"]["steps"] = values["training"]["steps"] = 2
    Path("params.yaml").write_text(yaml.safe_dump(values))
    return Plan(parse_study(values, "params.yaml"))


def write_weights(seed: int) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = timm.create_model(NETWORK, pretrained=False)
    WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
    save_file(net.state_dict(), WEIGHTS)


def test_a_run_knows_the_network_and_the_bytes_of_its_weights(planned: Planned):
    plan = planned(initialisation="pretrained")
    check(plan, here=False)
    alone, beside = plan.runs[0], plan.runs[-1]
    assert beside.settings["weights"] == {f"timm/{NETWORK}": sha256_of(WEIGHTS)}
    assert beside.settings["backbones"]["nano"]["options"] == {"network": NETWORK}
    # The metric has the same convention in the words of the tables.
    assert sha256_of(WEIGHTS)[:8] in METRICS["dists-nano"].convention
    assert planned().runs[-1].settings["weights"] == alone.settings["weights"]


def test_only_runs_that_use_the_weights_know_them(planned: Planned):
    plan = planned(fidelity="dists-nano-random")
    assert [run.settings["weights"] for run in plan.runs] == [{}] * len(plan.runs)
    assert plan.runs[0].settings["backbones"]["nano-random"]["options"] == {"network": NETWORK}


def test_other_bytes_are_another_run(workplace: Path, monkeypatch: pytest.MonkeyPatch):
    write_weights(0)
    before = [run.id for run in plan().runs]
    monkeypatch.setattr("asymmetry.weights.store.WEIGHTS", {})  # as a new process has it
    monkeypatch.setattr("asymmetry.weights.manifest.WEIGHTS", {})
    write_weights(1)
    assert not {*before} & {run.id for run in plan().runs}


def test_bytes_that_change_within_a_process_are_refused(planned: Planned):
    planned()
    write_weights(1)
    with pytest.raises(UserError, match=r"safetensors: has changed since it was read; start again"):
        planned()


def refused(plan: Plan) -> list[str]:
    with pytest.raises(UserError) as caught:
        check(plan, here=False)
    return str(caught.value).splitlines()


def test_missing_weights_are_a_line_for_each_use(planned: Planned):
    WEIGHTS.unlink()
    need = f"needs the weights timm/{NETWORK}, which are not there; "
    get = "run `asymmetry weights get --study FILE`"
    assert refused(planned(initialisation="pretrained")) == [
        f"evaluation.metrics: dists-nano: {need}{get}",
        f"grid.fidelity: dists-nano: {need}{get}",
        f"discriminators.nano-patch: {need}{get}",
    ]


@pytest.mark.parametrize(
    ("section", "line"),
    [
        (
            {"nano": {"timm": "test_convnet"}},
            "did you mean 'test_convnext'? See timm.list_models()",
        ),
        (
            {"nano": {"tim": NETWORK}},
            "backbones.nano: 'tim' is not a known key; did you mean 'timm'",
        ),
        ({"vgg16": {"timm": NETWORK}}, "backbones: 'vgg16' is another backbone already; choose"),
    ],
)
def test_a_wrong_section_is_one_line(section: dict[str, Any], line: str):
    with pytest.raises(UserError) as caught:
        parse_study(small_values() | {"backbones": section}, "params.yaml")
    (found,) = str(caught.value).splitlines()
    assert line in found


def test_what_is_no_trunk_is_told_before_anything_runs(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("asymmetry.backbones.timm_trunk.examine", lambda _: "gives no stages")
    (line,) = refused(planned())
    assert line == f"backbones.nano.timm: {NETWORK}: gives no stages; name another network"


def test_a_study_with_one_imports_no_timm_when_it_is_read(planned: Planned):
    planned()
    code = (
        "import sys; from pathlib import Path; from asymmetry.study import read_study; "
        "from asymmetry.planning.plan import Plan; Plan(read_study(Path('params.yaml'))).runs; "
        "assert not {'torch', 'timm'} & set(sys.modules), 'imported'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("family", ["dists", "style", "contextual"])
def test_losses_are_those_of_the_network_and_zero_for_equal_images(planned: Planned, family: str):
    planned()
    assert {f"{family}-nano", f"{family}-nano-random"} <= set(fidelity_names())
    loss = build_fidelity(f"{family}-nano", Path("data/weights"))
    first, second = torch.rand(2, 1, 3, 40, 48, generator=torch.Generator().manual_seed(0))
    first.requires_grad_()
    value = loss(first, second)
    value.sum().backward()
    assert first.grad is not None
    assert bool(first.grad.isfinite().all())
    with torch.no_grad():
        assert float(value) > float(loss(second, second))
    random = build_fidelity(f"{family}-nano-random", Path("data/weights"))
    assert float(random(first, second)) != float(value)


def trained(plan: Plan) -> Run:
    """The cell with the discriminator of most weight, trained."""
    for run in (plan.warm_starts[0], plan.runs[-1]):
        assert train(plan, run.id) == 0
    return plan.runs[-1]


@pytest.mark.parametrize("frozen", [False, True])
def test_it_discriminates_and_is_transferred(planned: Planned, frozen: bool):
    plan = planned(fidelity="l1", initialisation="pretrained", frozen=frozen)
    run = trained(plan)
    left, told = load_file(run.folder / "discriminator.safetensors"), load_file(WEIGHTS)
    stem = left["trunk.net.stem_0.weight"]
    assert torch.equal(stem, told["stem.0.weight"]) == frozen
    trunk = find_initialisation(plan.study, plan, run.id).discriminator(plan.study).trunk
    assert torch.equal(trunk.state_dict()["net.stem_0.weight"], stem)
    control = find_initialisation(plan.study, plan, "pretrained/nano-patch/seed0")
    begun = control.discriminator(plan.study).trunk.state_dict()
    assert torch.equal(begun["net.stem_0.weight"], told["stem.0.weight"])


@pytest.mark.slow
def test_a_released_one_loads_as_its_card_says_without_the_study(planned: Planned):
    plan = planned(fidelity="l1", initialisation="pretrained", frozen=True)
    folder = release(Stages(plan), trained(plan).id, Path("models"))
    code = (folder / "README.md").read_text().split("```python\n")[1].split("```")[0]
    code += "import torch\nprint(*discriminator(torch.rand(1, 3, 32, 32)).shape)\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[:2] == ["1", "1"]
