from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from asymmetry import summaries
from asymmetry.plan import Plan
from asymmetry.stages import Stages
from asymmetry.study import parse_study
from asymmetry.summaries import Summaries
from tests.conftest import small_values

TABLES = {"scores", "skill", "optimisability", "transfer"}


def summaries_of(change: Callable[[dict[str, Any]], object] = lambda values: None) -> Summaries:
    values = deepcopy(small_values())
    change(values)
    return Stages(Plan(parse_study(values, "params.yaml"))).summaries


def changed(before: Summaries, after: Summaries) -> set[str]:
    return {name for name in before.by_name if before.digest(name) != after.digest(name)}


@pytest.mark.usefixtures("workplace")
class TestDigests:
    def test_every_stage_comes_after_those_that_it_reads(self):
        known: set[str] = set()
        for name, stage in summaries_of().by_name.items():
            assert known.issuperset(stage.after)
            known.add(name)
        assert known == {"photos", "runs", "analyse", "figures", "report"} | TABLES

    def test_execution_settings_change_no_stamp(self):
        after = summaries_of(lambda values: values["execution"].update(log_every=9))
        assert changed(summaries_of(), after) == set()

    def test_a_cell_more_changes_the_tables(self):
        after = summaries_of(lambda values: values["grid"].update(seeds=[0, 1]))
        assert {"runs", "scores", "transfer"} <= changed(summaries_of(), after)

    @pytest.mark.parametrize(
        ("module", "stages"),
        [
            ("asymmetry.figures.heat_map", {"figures"}),
            ("asymmetry.collect", {"runs"} | TABLES),
            ("asymmetry.analysis.analyse", {"analyse"}),
        ],
    )
    def test_an_edited_module_changes_the_stages_that_use_it(
        self, monkeypatch: pytest.MonkeyPatch, module: str, stages: set[str]
    ):
        found = summaries_of()
        before = {name: found.digest(name) for name in found.by_name}
        real = summaries.code_digest
        monkeypatch.setattr(
            summaries,
            "code_digest",
            lambda names: "edited" if any(module in name for name in names) else real(names),
        )
        assert {name for name in before if found.digest(name) != before[name]} == stages

    def test_an_edited_template_changes_the_page_alone(self, monkeypatch: pytest.MonkeyPatch):
        before = summaries_of()
        for name in before.by_name:
            before.digest(name)
        monkeypatch.setattr(summaries, "sources_digest", lambda: "edited")
        assert changed(before, summaries_of()) == {"report"}


def test_every_stamp_is_a_file_of_its_own(workplace: Path):
    stages = Stages(Plan(parse_study(small_values(), "params.yaml")))
    stamps = {stages.stamp(name) for name in stages.summaries.by_name}
    assert len(stamps) == len(stages.summaries.by_name)
