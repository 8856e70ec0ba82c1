import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.userstudy.design import Pair
from asymmetry.userstudy.store import Answer, Asked, RefusalError, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "answers.sqlite")
    store.create("plan", 3)
    return store


def test_every_rater_has_a_link_of_their_own(store: Store):
    tokens = {rater.token for rater in store.raters}
    assert len(tokens) == 3
    assert all(len(token) >= 20 for token in tokens)
    assert [rater.number for rater in store.raters] == [0, 1, 2]


def test_made_again_the_links_stay(store: Store):
    before = store.raters
    store.create("plan", 3)
    assert store.raters == before


def test_answers_are_kept_in_order(store: Store):
    for trial, choice in enumerate(["left", "right", "left"]):
        store.answer(1, trial, choice)  # type: ignore[arg-type]
    assert store.answers == [Answer(1, 0, "left"), Answer(1, 1, "right"), Answer(1, 2, "left")]
    assert [store.answered(rater) for rater in range(3)] == [0, 3, 0]


def test_the_same_answer_again_counts_once(store: Store):
    store.answer(0, 0, "left")
    store.answer(0, 0, "left")
    assert store.answers == [Answer(0, 0, "left")]


def test_another_answer_to_the_same_pair_is_refused_and_the_first_stays(store: Store):
    store.answer(0, 0, "left")
    with pytest.raises(RefusalError, match="Pair 1 has another answer already"):
        store.answer(0, 0, "right")
    assert store.answers == [Answer(0, 0, "left")]


def test_an_answer_to_a_pair_that_was_not_asked_is_refused(store: Store):
    with pytest.raises(RefusalError, match="Pair 2 was not asked yet"):
        store.answer(0, 1, "left")
    assert store.answers == []


def test_a_link_is_tied_to_one_browser_until_it_is_freed(store: Store):
    token = store.raters[0].token
    secret = store.begin(token)
    assert store.raters[0].browser == secret
    with pytest.raises(RefusalError, match="already used in another browser"):
        store.begin(token)
    assert store.free(0)
    assert store.begin(token) != secret
    assert not store.free(7)


def test_many_threads_lose_and_double_nothing(store: Store):
    def take(rater: int) -> None:
        for trial in range(20):
            for _ in range(2):
                store.answer(rater, trial, "left")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(take, [0, 1, 2, 2]))
    expected = [Answer(rater, trial, "left") for rater in range(3) for trial in range(20)]
    assert store.answers == expected


def test_a_pair_is_chosen_once_by_what_was_asked_so_far(store: Store):
    one, other = Pair(0, "photo", "a", "b"), Pair(0, "photo", "b", "a")
    assert not store.was_asked(0, 0)
    assert store.ask(0, 0, lambda asked: one if asked == [] else other) == one
    assert store.was_asked(0, 0)
    assert store.ask(0, 0, lambda _: other) == one  # the page was loaded again
    seen: list[list[Asked]] = []

    def look(asked: list[Asked]) -> Pair:
        seen.append(asked)
        return [one, other][len(seen) - 1]

    store.ask(1, 0, look)
    store.answer(0, 0, "left")
    store.ask(0, 1, look)
    waiting = Asked(one, None, 1, 0)
    assert seen == [[waiting], [waiting, Asked(one, "left", 1, 1)]]
    assert store.asked() == {(0, 0): one, (1, 0): one, (0, 1): other}


def test_many_threads_know_of_each_other_when_they_choose(store: Store):
    def choose(asked: list[Asked]) -> Pair:
        return Pair(0, str(sum(one.count for one in asked)), "a", "b")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: store.ask(number % 3, number // 3, choose), range(30)))
    assert sorted(int(pair.photo) for pair in store.asked().values()) == list(range(30))


def test_it_is_in_wal_mode_and_holds_nothing_that_identifies(store: Store):
    with sqlite3.connect(store.path) as base:
        assert base.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        tables = [row[0] for row in base.execute("SELECT name FROM sqlite_schema")]
        columns = {
            table: [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
            for table in tables
            if not table.startswith("sqlite_")
        }
    assert columns == {
        "plan": ["digest"],
        "raters": ["number", "token", "browser"],
        "answers": ["rater", "trial", "choice"],
        "asked": ["rater", "trial", "arena", "photo", "left", "right"],
    }


def test_answers_of_another_plan_are_refused(store: Store):
    with pytest.raises(UserError, match="holds answers to other questions"):
        store.create("other", 3)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    path = tmp_path / "answers.sqlite"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(UserError, match=r"answers.sqlite: answers cannot be kept here"):
        Store(path).create("plan", 1)
    with pytest.raises(UserError, match="cannot be read as answers"):
        Store(path).check("plan")
    assert path.read_bytes() == b"no database" * 100


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(UserError, match="make the folder writable"):
        Store(tmp_path / "none" / "answers.sqlite").create("plan", 1)
