"""People as one more judge: joined where they are, and never filled in for."""

import json
from collections.abc import Callable
from contextlib import chdir
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from asymmetry.analysis.analyse import analyse
from asymmetry.core.errors import UserError
from asymmetry.figures import write
from asymmetry.figures.registry import figure_names
from asymmetry.figures.write import draw
from asymmetry.metrics.contracts import JUDGES, METRICS, PEOPLE
from asymmetry.pipeline.collect import collect_table
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.plan import Plan
from asymmetry.study import Study, parse_study
from asymmetry.tables.people import people_in_words, with_people
from asymmetry.tables.read import load_tables
from tests.conftest import small_values
from tests.synthetic_tables import SET, TASK, make_study, write_study_tables

COLUMNS = ["run", "task", "set", "image", "metric", "convention", "value", "status"]
IMAGES = ("chelsea", "coffee")


def people(runs: list[str], value: float = 1.0, set_: str = SET) -> pd.DataFrame:
    """What `fit` writes: the first run is the worst, each next one better by `value`."""
    rows = [
        (run, TASK, set_, image, PEOPLE, "log-odds", value * place, "ok")
        for place, run in enumerate(runs)
        for image in IMAGES
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def write_people(folder: Path, table: pd.DataFrame) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    table.to_parquet(folder / "human.parquet", index=False)
    (folder / "summary.json").write_text(json.dumps({"raters": 3, "answers": 210}))


def study_with(distortion: list[str], **more: Any) -> Study:
    values = small_values()
    values["evaluation"] |= {"distortion": distortion}
    return parse_study(values | more, "test")


def scores_of(runs: list[str]) -> pd.DataFrame:
    return people(runs).assign(metric="gmsd", convention="gmsd's")


def test_people_may_judge_and_are_no_metric():
    assert PEOPLE not in METRICS
    assert set(JUDGES) == {*METRICS, PEOPLE}
    for key in ("metrics", "metrics_with_weights"):
        values = small_values()
        values["evaluation"][key] = [PEOPLE]
        with pytest.raises(UserError, match=f"evaluation.{key}: 'human' is not a known metric"):
            parse_study(values, "test")


def test_without_raters_the_scores_stay_as_they_were(workplace):
    scores = scores_of(["a", "b"])
    pd.testing.assert_frame_equal(with_people(scores, study_with(["gmsd"]), ["a", "b"]), scores)
    assert people_in_words(study_with(["gmsd"])) == "no raters yet"


def test_with_raters_they_are_rows_more_and_other_runs_are_left_out(workplace: Path, caplog):
    write_people(Path("data/userstudy"), people(["a", "b", "of another study"]))
    scores, study = scores_of(["a", "b"]), study_with(["gmsd"])
    joined = with_people(scores, study, ["a", "b"])
    pd.testing.assert_frame_equal(joined.iloc[:4], scores)
    assert joined.iloc[4:]["metric"].tolist() == [PEOPLE] * 4
    assert joined.iloc[4:]["run"].tolist() == ["a", "a", "b", "b"]
    assert "1 rated runs are not of this study" in caplog.text
    assert people_in_words(study) == "3 raters, 210 answers"


@pytest.mark.parametrize("content", [b"", b"no parquet"])
def test_a_damaged_table_is_named(content: bytes, workplace: Path):
    write_people(Path("data/userstudy"), people(["a"]))
    Path("data/userstudy/human.parquet").write_bytes(content)
    with pytest.raises(UserError, match=r"human.parquet: cannot be read .* userstudy fit` again"):
        with_people(scores_of(["a"]), study_with(["gmsd"]), ["a"])


def test_the_table_of_scores_is_made_again_when_people_have_answered(workplace: Path):
    def digest(name: str) -> str:
        return Stages(Plan(study_with(["gmsd"]))).stamps.digest(name)

    before = {name: digest(name) for name in ("scores", "runs", "skill")}
    write_people(Path("data/userstudy"), people(["a"]))
    once = digest("scores")
    write_people(Path("data/userstudy"), people(["a"], value=2))
    assert len({before["scores"], once, digest("scores")}) == 3
    assert {name: digest(name) for name in ("runs", "skill")} == {
        name: before[name] for name in ("runs", "skill")
    }


def test_collect_joins_them(workplace: Path):
    stages = Stages(Plan(study_with(["gmsd"])))
    run = stages.plan.runs[0].id
    for part in stages.assessment.parts:
        part.path.parent.mkdir(parents=True, exist_ok=True)
        scores_of(list(part.runs)).to_parquet(part.path, index=False)
    write_people(Path("data/userstudy"), people([run]))
    collect_table(stages, "scores")
    joined = pd.read_parquet("results/scores.parquet")
    assert joined.loc[joined["metric"] == PEOPLE, "run"].unique().tolist() == [run]
    assert (joined["metric"] == "gmsd").sum() == 2 * len(stages.assessment.assessed)


Analysed = Callable[..., Study]


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Analysed:
    """The synthetic study, its distortion judged by these, with people's scores or without."""
    folder = tmp_path_factory.mktemp("judged")

    @cache
    def judged(*judges: str, rated: bool) -> Study:
        study = make_study(folder / f"{'-'.join(judges)}-{rated}")
        evaluation = study.evaluation.model_copy(
            update={"distortion": list(judges), "perception": []}
        )
        study = study.model_copy(update={"evaluation": evaluation})
        results = Path(study.results)
        write_study_tables(results)
        if rated:
            tables = load_tables(results)
            runs = tables.cells.loc[tables.cells["status"] == "done", "run"].tolist()
            joined = pd.concat([tables.scores, people(runs)], ignore_index=True)
            joined.to_parquet(results / "scores.parquet", index=False)
        with chdir(folder):
            analyse(study, results)
        return study

    return judged


def test_people_are_an_axis_of_their_own(analysed: Analysed):
    def effect(rated: bool) -> pd.DataFrame:
        return load_tables(Path(analysed("gmsd", rated=rated).results)).effect

    without, beside = effect(False), effect(True)
    assert without["axis"].unique().tolist() == ["distortion"]
    assert beside["axis"].unique().tolist() == ["distortion", PEOPLE]
    same = beside[beside["axis"] == "distortion"].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, without)
    done = beside[(beside["axis"] == PEOPLE) & (beside["status"] == "done")]
    assert set(done["judges"]) == {PEOPLE}


def test_the_claims_say_what_became_of_the_user_study(analysed: Analysed):
    study = analysed("gmsd", rated=False)
    assert "User study: no raters yet." in (Path(study.results) / "claims.md").read_text()


def test_people_are_left_out_of_no_axis(analysed: Analysed):
    held = load_tables(Path(analysed("gmsd", "vsi", rated=True).results)).robustness
    # They are alone on their axis, so nobody is left without them.
    assert set(held.loc[held["left_out_kind"] == "judge", "left_out"]) == {"gmsd", "vsi"}
    assert PEOPLE not in set(held["axis"])


@pytest.mark.parametrize(
    ("judges", "rated"),
    [(["gmsd"], True), (["gmsd"], False), ([], True)],
)
def test_every_figure_is_drawn_whoever_judges(
    analysed: Analysed,
    workplace: Path,
    monkeypatch: pytest.MonkeyPatch,
    judges: list[str],
    rated: bool,
):
    study = analysed(*judges, rated=rated)
    monkeypatch.setattr(write, "_saved", lambda figure, kind: kind.encode())  # laid out, not saved
    draw(study, figure_names(), Path(study.results))
    drawn = Path(study.results) / "figures"
    assert {figure.stem for figure in drawn.glob("*.svg")} == set(figure_names())
