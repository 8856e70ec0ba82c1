import subprocess
import sys
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.core.errors import UserError
from asymmetry.metrics.contracts import JUDGES
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from tests.conftest import ROOT, small_values


@pytest.fixture
def stages(workplace: Path) -> Stages:
    values = small_values()
    values["execution"]["runs_per_job"] = 3
    return Stages(Plan(parse_study(values, "params.yaml")))


def test_every_run_is_in_one_part(stages: Stages):
    assessed = [run for part in stages.assessment.parts for run in part.runs]
    assert assessed == stages.assessment.assessed
    assert len(set(assessed)) == 7  # bicubic, a warm start, five cells
    assert [len(part.runs) for part in stages.assessment.parts] == [3, 3, 1]


def test_snapshots_are_assessed_in_a_table_of_their_own(stages: Stages):
    assert stages.snapshots.parts == []
    values = small_values()
    values["training"]["snapshots"] = [0.1, 0.5]
    after = Stages(Plan(parse_study(values, "params.yaml")))
    cells, (part,) = after.plan.runs, after.snapshots.parts
    assert list(part.runs) == [f"{run.id}@{step}" for run in cells for step in (1, 6)]
    assert part.path.parent == Path("results/parts/trajectories")
    assert after.reads(part.path) == [run.record for run in cells]
    assert after.plan.warm_starts[0].snapshots == {}
    # What else there is does not know them.
    assert after.trained[0] == stages.trained[0]  # the warm start
    assert len(after.trained) == len(stages.trained)
    others = [*after.assessment.parts, *after.transfer.parts]
    assert not any("@" in run for part in others for run in part.runs)


def test_a_loss_is_in_one_part(stages: Stages):
    assert [part.fidelity for part in stages.optimisability.parts] == ["l1"]
    stage = stages.optimisability
    assert stage.part(stage.parts[0].path) == stage.parts[0]


def test_a_control_for_each_discriminator_and_seed(stages: Stages):
    # The small backbones have no pretrained weights anywhere, so there is no such control.
    assert stages.transfer.controls == ["random/vgg-patch/seed0", "random/vit-vanilla/seed0"]


@pytest.mark.parametrize(
    ("initialisation", "modes", "controls"),
    [
        ("scratch", ["raw", "probe"], ["random", "pretrained"]),
        ("pretrained", ["raw", "probe"], ["random", "before", "pretrained"]),
        # A raw score needs a head, and a trunk from elsewhere has none.
        ("pretrained", ["raw"], ["random", "before"]),
    ],
)
def test_controls_are_those_that_differ(
    workplace: Path, initialisation: str, modes: list[str], controls: list[str]
):
    values = small_values()
    lite = {"backbone": "efficientnet-lite0", "head": "patch", "initialisation": initialisation}
    values["discriminators"] = {"lite": lite}
    values["grid"]["discriminators"] = ["lite"]
    values["transfer"]["modes"] = modes
    found = Stages(Plan(parse_study(values, "params.yaml"))).transfer.controls
    assert found == [f"{control}/lite/seed0" for control in controls]


def test_without_a_set_nothing_is_transferred(workplace: Path):
    values = small_values()
    values["transfer"]["sets"] = []
    assert Stages(Plan(parse_study(values, "params.yaml"))).transfer.parts == []


def test_a_part_waits_for_the_runs_that_it_reads(stages: Stages):
    records = [record for part in stages.assessment.parts for record in stages.reads(part.path)]
    assert sorted(records) == sorted(stages.trained)


def test_an_unknown_part_is_refused(stages: Stages):
    with pytest.raises(UserError, match="is no table of this study"):
        stages.reads(Path("results/parts/scores/000-0.parquet"))


@pytest.mark.parametrize(
    ("section", "change", "moved"),
    [
        ("evaluation", {"metrics": ["psnr_y", "gmsd", "ssim"]}, {"assess", "skill"}),
        ("transfer", {"steps": 5}, {"transfer"}),
        ("optimisability", {"steps": 5}, {"optimisability"}),
        ("transfer", {"modes": ["probe"]}, {"transfer"}),
        ("transfer", {"references": ["nr", "fr"]}, {"transfer"}),
        ("execution", {"bootstrap": 60}, {"skill", "transfer"}),
        ("execution", {"log_every": 9}, set()),
    ],
)
def test_a_key_follows_what_its_stage_reads(
    stages: Stages, section: str, change: dict, moved: set[str]
):
    values = deepcopy(small_values())
    values[section] |= change
    after = Stages(Plan(parse_study(values, "params.yaml")))
    keys = {
        "assess": (stages.assessment.key, after.assessment.key),
        "skill": (stages.skill.key("severity"), after.skill.key("severity")),
        "optimisability": (stages.optimisability.key("l1"), after.optimisability.key("l1")),
        "transfer": (stages.transfer.key, after.transfer.key),
    }
    assert {name for name, (one, other) in keys.items() if one != other} == moved


def test_keys_follow_contracts_of_metrics(stages: Stages, monkeypatch: pytest.MonkeyPatch):
    other = replace(JUDGES["gmsd"], rounded=False)
    before = (stages.assessment.key, stages.skill.key("severity"), stages.stamps.digest("analyse"))
    monkeypatch.setitem(JUDGES, "gmsd", other)
    after = Stages(stages.plan)
    assert after.assessment.key != before[0]
    assert after.skill.key("severity") != before[1]
    assert after.stamps.digest("analyse") != before[2]


def test_keys_follow_architectures_of_backbones(stages: Stages, monkeypatch: pytest.MonkeyPatch):
    def keys() -> tuple[str, str, str]:
        now = Stages(stages.plan)
        return (
            now.optimisability.key("dists-vgg16-random"),
            now.optimisability.key("l1"),
            now.transfer.key,
        )

    before = keys()
    for name in ("vgg16", "vgg-small"):
        monkeypatch.setitem(BACKBONES, name, replace(BACKBONES[name], mean=(0.1, 0.2, 0.3)))
    after = keys()
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, True, False]


def test_planning_imports_no_torch_and_what_reads_tables_no_more_than_it_needs(workplace: Path):
    code = f"""
import sys
from pathlib import Path
from asymmetry.metrics.contracts import JUDGES
from asymmetry.planning.plan import Plan
from asymmetry.pipeline.stages import Stages
from asymmetry.study import read_study
stages = Stages(Plan(read_study(Path({str(ROOT / "params.yaml")!r}))))
stages.trained, stages.assessment.parts, stages.skill.parts, stages.optimisability.parts
stages.transfer.parts
import asymmetry.cli.main
print([name for name in ("torch", "pandas", "matplotlib", "pyiqa") if name in sys.modules])
import asymmetry.pipeline.collect
print([name for name in ("torch", "matplotlib", "scipy") if name in sys.modules])
import asymmetry.analysis.analyse, asymmetry.figures.write, asymmetry.report.build
print([name for name in ("torch", "scipy.stats", "matplotlib.pyplot") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]"] * 3
