"""Whether results are those of today's study is told by content; clocks say what they like."""

import os
import time
from pathlib import Path

import pytest

from asymmetry.pipeline.made import is_made, making, put_in_order
from asymmetry.pipeline.stages import Stages
from tests.artifacts.conftest import MakeStages

HOUR = 3600


def outputs(stages: Stages, name: str) -> tuple[Path, ...]:
    return stages.stamps.by_name[name].outputs


def newer(path: Path, other: Path) -> bool:
    return path.stat().st_mtime_ns > other.stat().st_mtime_ns


def is_in_order(stages: Stages) -> bool:
    """Whether no output is older than its stamp, or than the outputs that it is made of."""
    found = stages.stamps.by_name
    return not any(
        newer(source, path)
        for name, summary in found.items()
        for path in summary.outputs
        for source in [stages.stamp(name), *(o for n in summary.after for o in outputs(stages, n))]
    )


def dated(stages: Stages, seconds: float) -> None:
    for path in [*stages.results.rglob("*"), *Path("runs").rglob("*")]:
        os.utime(path, (time.time() + seconds,) * 2)


@pytest.mark.parametrize("seconds", [-HOUR, HOUR], ids=["behind", "ahead"])
def test_finished_results_are_put_in_order(stages: Stages, seconds: float):
    dated(stages, seconds)
    assert put_in_order(stages) == []
    assert is_in_order(stages)
    made = [path for name in stages.stamps.by_name for path in outputs(stages, name)]
    files = [*made, *stages.trained, *(part.path for part in stages.parts)]
    assert all(path.stat().st_mtime <= time.time() for path in files)


def test_in_order_nothing_is_written(stages: Stages):
    put_in_order(stages)
    before = {path: path.stat().st_ino for path in stages.results.rglob("*.*")}
    put_in_order(stages)
    assert {path: path.stat().st_ino for path in stages.results.rglob("*.*")} == before


@pytest.mark.parametrize("seconds", [-HOUR, HOUR], ids=["behind", "ahead"])
def test_a_changed_study_is_seen_whatever_the_clock(
    stages: Stages, make_stages: MakeStages, seconds: float
):
    dated(stages, seconds)
    after = make_stages(lambda values: values.update(photos={"reduce": 2}))
    assert put_in_order(after) == list(after.stamps.by_name)
    for name in after.stamps.by_name:
        assert all(newer(after.stamp(name), path) for path in outputs(after, name))


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("skill", ["skill", "analyse", "figures", "report"]),
        ("analyse", ["analyse", "figures", "report"]),
        ("report", ["report"]),
    ],
)
def test_a_result_that_was_changed_is_made_again_with_what_is_made_of_it(
    stages: Stages, changed: str, again: list[str]
):
    outputs(stages, changed)[0].write_text("by hand")
    dated(stages, -HOUR)
    assert put_in_order(stages) == again


def test_what_was_made_of_former_results_is_made_again(stages: Stages):
    """A start was killed between two stages, after a clock that was ahead was put right."""
    table = outputs(stages, "skill")[0]
    with making(stages, "skill"):
        table.write_text("of today")
    os.utime(table, (1, 1))
    assert put_in_order(stages) == ["analyse", "figures", "report"]
    assert newer(stages.stamp("analyse"), outputs(stages, "analyse")[0])


def test_snakemake_never_finds_the_stamp_of_doubted_results_unchanged(stages: Stages):
    """It compares the sums of small inputs, which it remembers."""
    put_in_order(stages)
    before = stages.stamp("report").read_bytes()
    outputs(stages, "report")[0].write_text("by hand")
    put_in_order(stages)
    assert stages.stamp("report").read_bytes() != before


def test_a_stage_that_fails_or_is_killed_is_not_made(stages: Stages):
    with pytest.raises(KeyboardInterrupt), making(stages, "analyse"):
        raise KeyboardInterrupt
    (stages.results / "manifest.json").unlink()
    assert not is_made(stages, "analyse")


def test_a_table_that_lacks_a_part_is_not_made(stages: Stages):
    stages.skill.parts[0].path.unlink()
    (stages.results / "manifest.json").unlink()
    with making(stages, "skill"):
        pass
    assert not is_made(stages, "skill")


def test_results_from_elsewhere_are_known_by_their_manifest(stages: Stages):
    for record in stages.stamp("report").parent.glob("*.made"):
        record.unlink()
    assert put_in_order(stages) == []
    (stages.results / "manifest.json").write_text("{}")
    assert put_in_order(stages) == list(stages.stamps.by_name)


def test_a_link_into_a_cache_is_replaced_and_the_cache_untouched(stages: Stages, tmp_path: Path):
    cached, page = tmp_path / "cached", stages.results / "index.html"
    page.rename(cached)
    page.symlink_to(cached)
    dated(stages, HOUR)
    cached.chmod(0o444)
    before = cached.stat().st_mtime_ns
    assert put_in_order(stages) == []
    assert is_in_order(stages)
    assert cached.stat().st_mtime_ns == before


def test_two_folders_of_results_with_one_name_have_stamps_of_their_own(make_stages: MakeStages):
    one = make_stages(lambda values: values.update(results="a/results"))
    other = make_stages(lambda values: values.update(results="b/results"))
    assert one.stamp("report") != other.stamp("report")
