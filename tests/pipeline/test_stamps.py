import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from asymmetry.figures.registry import FORMATS
from asymmetry.pipeline import stamps
from asymmetry.pipeline.stages import Stages
from asymmetry.pipeline.stamps import Stamps
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.tables.power import write_power
from tests.conftest import small_values
from tests.synthetic_tables import make_power
from tests.trained import photo

TABLES = {"scores", "trajectories", "skill", "optimisability", "transfer"}


def stamps_of(change: Callable[[dict[str, Any]], object] = lambda values: None) -> Stamps:
    values = deepcopy(small_values())
    change(values)
    return Stages(Plan(parse_study(values, "params.yaml"))).stamps


def changed(before: Stamps, after: Stamps) -> set[str]:
    return {name for name in before.by_name if before.digest(name) != after.digest(name)}


@pytest.mark.usefixtures("workplace")
class TestDigests:
    def test_every_stage_comes_after_those_that_it_reads(self):
        known: set[str] = set()
        for name, stage in stamps_of().by_name.items():
            assert known.issuperset(stage.after)
            known.add(name)
        assert known == {"photos", "runs", "analyse", "figures", "report"} | TABLES

    def test_execution_settings_change_no_stamp(self):
        after = stamps_of(lambda values: values["execution"].update(log_every=9))
        assert changed(stamps_of(), after) == set()

    def test_a_cell_more_changes_the_tables(self):
        after = stamps_of(lambda values: values["grid"].update(seeds=[0, 1]))
        assert {"runs", "scores", "transfer"} <= changed(stamps_of(), after)

    def test_an_image_of_others_changes_the_tables_that_name_it(self):
        Path("set").mkdir()
        photo(1, 64).save("set/a.png")
        method = {"task": "bicubic-x4", "images": {"test": "set"}}

        def judged(values: dict[str, Any]) -> None:
            values["evaluation"]["sets"] = {"test": "refs"}
            values["outside"] = {"mine": method}

        shutil.copytree("set", "refs")
        before = stamps_of(judged)
        digests = {name: before.digest(name) for name in before.by_name}
        photo(2, 64).save("set/a.png")
        after = stamps_of(judged)
        now = {name for name in digests if after.digest(name) != digests[name]}
        assert now == {"runs", "scores"}

    @pytest.mark.parametrize(
        ("module", "stages"),
        [
            ("asymmetry.figures.heat_map", {"figures"}),
            ("asymmetry.pipeline.collect", {"runs"} | TABLES),
            ("asymmetry.analysis.analyse", {"analyse"}),
        ],
    )
    def test_an_edited_module_changes_the_stages_that_use_it(
        self, monkeypatch: pytest.MonkeyPatch, module: str, stages: set[str]
    ):
        found = stamps_of()
        before = {name: found.digest(name) for name in found.by_name}
        real = stamps.code_digest
        monkeypatch.setattr(
            stamps,
            "code_digest",
            lambda names: "edited" if any(module in name for name in names) else real(names),
        )
        assert {name for name in before if found.digest(name) != before[name]} == stages

    def test_an_edited_template_changes_the_page_alone(self, monkeypatch: pytest.MonkeyPatch):
        before = stamps_of()
        for name in before.by_name:
            before.digest(name)
        monkeypatch.setattr(stamps, "sources_digest", lambda: "edited")
        assert changed(before, stamps_of()) == {"report"}


@pytest.mark.usefixtures("workplace")
def test_a_table_of_power_has_its_figure_drawn():
    before = stamps_of()
    digests = {name: before.digest(name) for name in before.by_name}
    write_power(make_power(), Path("results"))
    after = stamps_of()
    assert {name for name in digests if after.digest(name) != digests[name]} == {"figures"}
    figures = [set(found.by_name["figures"].outputs) for found in (before, after)]
    assert figures[1] - figures[0] == {Path(f"results/figures/power.{kind}") for kind in FORMATS}
    write_power(make_power(studies=50), Path("results"))
    assert after.digest("figures") != stamps_of().digest("figures")


def test_every_stamp_is_a_file_of_its_own(workplace: Path):
    stages = Stages(Plan(parse_study(small_values(), "params.yaml")))
    stamps = {stages.stamp(name) for name in stages.stamps.by_name}
    assert len(stamps) == len(stages.stamps.by_name)
