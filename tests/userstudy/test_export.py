"""The data set that is given away: what it holds, and what it must not hold."""

import csv
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from asymmetry.core.errors import UserError
from asymmetry.userstudy.export import anonymous, export
from asymmetry.userstudy.plan import UserStudy
from asymmetry.userstudy.sessions import REFERENCE, Lengths
from asymmetry.userstudy.store import Answer, Store
from tests.userstudy.questions import write_study

DAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> tuple[UserStudy, Store, Path]:
    """Six raters of eight, two of whom did not finish; each has begun in a browser."""
    folder = tmp_path_factory.mktemp("made") / "userstudy"
    study, store = write_study(folder, Lengths(raters=8, pairs=6, repeats=2, catches=1))
    for rater in store.raters[:6]:
        store.begin(rater.token)
        for place in range(9 if rater.number > 1 else 4):
            store.answer(rater.number, place, "left" if (place + rater.number) % 3 else "right")
    return study, store, folder


def read(into: Path) -> pd.DataFrame:
    return pd.read_csv(into / "answers.csv", dtype=str, keep_default_na=False)


def test_every_answer_is_in_it_as_it_was_asked(answered, tmp_path: Path):
    study, store, folder = answered
    assert export(folder, tmp_path / "given", "CC-BY-4.0", DAY) == 4 * 9 + 2 * 4
    table = read(tmp_path / "given")
    expected = set()
    for answer in store.answers:
        trial = study.sessions[answer.rater][answer.trial]
        side = trial.left if answer.choice == "left" else trial.right
        expected.add((answer.trial + 1, trial.image, trial.left.shows, side.shows))
    columns = ["place", "image", "left", "chosen"]
    found = set(table[columns].astype({"place": int}).itertuples(index=False, name=None))
    assert found == expected
    assert (table["chosen"] == table["left"]).sum() == sum(
        answer.choice == "left" for answer in store.answers
    )
    assert set(table.loc[table["kind"] == "catch", "left"]) <= {REFERENCE, "worse"}


def test_a_repeat_names_the_pair_that_it_repeats(answered, tmp_path: Path):
    export(answered[2], tmp_path / "given", "CC0-1.0", DAY)
    table = read(tmp_path / "given").set_index(["rater", "place"])
    repeats = table[table["kind"] == "repeat"]
    assert len(repeats) == 4 * 2
    for (rater, _), row in repeats.iterrows():
        first = table.loc[(rater, row["repeats"])]
        assert (first["left"], first["right"]) == (row["right"], row["left"])
        assert first["image"] == row["image"]


def test_nothing_in_it_leads_to_a_rater(answered, tmp_path: Path):
    _, store, folder = answered
    for into in ("one", "other"):
        export(folder, tmp_path / into, "CC-BY-4.0", DAY)
    one, other = (read(tmp_path / into)["rater"] for into in ("one", "other"))
    assert one.nunique() == other.nunique() == 6
    assert set(one).isdisjoint(other)  # drawn anew, not computed from the number of the link
    assert one.is_monotonic_increasing
    assert all(re.fullmatch("[0-9a-f]{8}", name) for name in one)
    files = sorted((tmp_path / "one").iterdir())
    assert [file.name for file in files] == ["README.md", "answers.csv"]
    text = "".join(file.read_text() for file in files)
    secrets = [value for rater in store.raters for value in (rater.token, rater.browser)]
    assert not any(secret in text for secret in secrets if secret)
    assert "seed" not in read(tmp_path / "one").columns
    assert not re.search(r"\d\d:\d\d", text)  # no time of day


def test_the_order_of_raters_says_nothing_of_their_numbers(answered):
    study, store, _ = answered
    orders = set()
    for _ in range(5):
        table = anonymous(study, store.answers)
        orders.add(tuple(table.groupby("rater", sort=False).size()))
    assert len(orders) > 1  # the two who did not finish stand elsewhere each time


def test_the_data_card_says_what_it_is(answered, tmp_path: Path):
    _, store, folder = answered
    export(folder, tmp_path / "given", " CC-BY-4.0 ", DAY)
    card = (tmp_path / "given" / "README.md").read_text()
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", card, re.MULTILINE))
    assert rows["Licence"] == "CC-BY-4.0"
    assert rows["Exported"] == "2026-11-30"
    assert rows["Raters"] == "6, of whom 4 answered all their questions"
    assert rows["Answers"].startswith(f"{len(store.answers)}: ")
    assert rows["Question"] == "Which of the two is closer to the original?"
    assert rows["Compared"] == "4 methods"
    assert "\nBalanced: methods, photos and sides were shown equally often" in card
    with (tmp_path / "given" / "answers.csv").open() as file:
        header = next(csv.reader(file))
    told = re.findall(r"^\| ([a-z, ]+) \| [^|]+ \| [^|]+ \|$", card, re.MULTILINE)
    assert ", ".join(told).split(", ") == header


@pytest.mark.parametrize("licence", ["", "  ", "CC-BY\n4.0", "x" * 101, "CC\x1b[0m"])
def test_a_licence_that_is_no_name_is_refused(licence: str, answered, tmp_path: Path):
    with pytest.raises(UserError, match=r"--licence: should be a name .* such as CC-BY-4.0"):
        export(answered[2], tmp_path / "given", licence, DAY)
    assert not (tmp_path / "given").exists()


def test_a_folder_that_holds_something_stays_as_it_is(answered, tmp_path: Path):
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "mine.txt").write_text("kept")
    for into in (tmp_path / "given", tmp_path / "given" / "mine.txt"):
        with pytest.raises(UserError, match="is there already, and stays as it is; name a new"):
            export(answered[2], into, "CC0-1.0", DAY)
    assert [path.name for path in (tmp_path / "given").iterdir()] == ["mine.txt"]


def test_without_answers_there_is_nothing_to_export(tmp_path: Path):
    _, store = write_study(tmp_path / "userstudy", Lengths(1, 6, 0, 0))
    for _ in range(2):  # without an answer, and before the server was started at all
        with pytest.raises(UserError, match="holds no answers yet; there is nothing to export"):
            export(tmp_path / "userstudy", tmp_path / "given", "CC0-1.0", DAY)
        store.path.unlink(missing_ok=True)
    with pytest.raises(UserError, match="run `asymmetry userstudy make` first"):
        export(tmp_path / "none", tmp_path / "given", "CC0-1.0", DAY)


def test_two_raters_never_share_a_number(answered, monkeypatch: pytest.MonkeyPatch):
    drawn = iter(["0" * 8, "0" * 8, "1" * 8])
    monkeypatch.setattr("secrets.token_hex", lambda _bytes: next(drawn))
    table = anonymous(answered[0], [Answer(0, 0, "left"), Answer(1, 0, "left")])
    assert table["rater"].tolist() == ["0" * 8, "1" * 8]
