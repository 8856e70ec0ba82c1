import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.rows import ScoredRow
from asymmetry.data.iqa_sets.splits import refuse_shared, shared_training, split_by_content

GROUPS = st.lists(st.text("abcdefgh", min_size=1, max_size=2), min_size=1, max_size=60)


def _contents(groups, part):
    return {groups[place] for place in part}


@given(GROUPS.filter(lambda groups: len(set(groups)) > 2), st.integers(0, 50), st.data())
def test_parts_are_whole_disjoint_and_never_empty(groups, index, data):
    test = data.draw(st.sets(st.sampled_from(groups), max_size=len(set(groups)) - 2))
    split = split_by_content(groups, index, test)
    parts = [split.train, split.validation, split.test]
    assert all(parts)
    assert sorted(place for part in parts for place in part) == list(range(len(groups)))
    contents = [_contents(groups, part) for part in parts]
    assert sum(map(len, contents)) == len(set(groups))
    assert split == split_by_content(groups, index, test)
    if test:
        assert contents[2] == test


@given(GROUPS.filter(lambda groups: len(set(groups)) > 2), st.integers(0, 50), st.randoms())
def test_the_order_of_the_images_does_not_matter(groups, index, random):
    shuffled = random.sample(groups, len(groups))
    first, second = split_by_content(groups, index), split_by_content(shuffled, index)
    for part in ("train", "validation", "test"):
        assert _contents(groups, getattr(first, part)) == _contents(shuffled, getattr(second, part))


def test_shares():
    split = split_by_content([str(i) for i in range(100)], 0)
    assert [len(part) for part in (split.train, split.validation, split.test)] == [56, 24, 20]


def test_indices_and_seeds_give_other_splits():
    groups = [str(i) for i in range(30)]
    splits = [split_by_content(groups, index, seed=seed) for index in range(3) for seed in range(3)]
    assert len(set(splits)) == len(splits)


@pytest.mark.parametrize(
    ("groups", "test", "parts"), [("ab", (), 3), ("aaa", (), 3), ("ab", "b", 2)]
)
def test_too_few_contents(groups, test, parts):
    with pytest.raises(UserError, match=f"cannot be split into {parts} parts"):
        split_by_content(groups, 0, test)


def test_processes_with_other_hash_seeds_agree():
    code = (
        "from asymmetry.data.iqa_sets.splits import split_by_content;"
        "print(split_by_content([f'content {i % 13}' for i in range(50)], 2, {'content 3'}))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    expected = split_by_content([f"content {i % 13}" for i in range(50)], 2, {"content 3"})
    assert outputs == {f"{expected}\n"}


def _row(name: str, content: str, held_out: bool | None) -> ScoredRow:
    return ScoredRow(name, content, 1.0, Path(name), None, "", held_out, f"t.csv:{name}")


def test_a_content_on_both_sides_is_refused_with_both_lines():
    rows = [_row("a", "a", True), _row("b", "b", False), _row("c", "a", False)]
    with pytest.raises(UserError) as error:
        refuse_shared(rows, "s")
    assert str(error.value) == (
        "t.csv:c: 'a' is both train and test: 'c' (t.csv:c) shows what 'a' (t.csv:a) does; "
        "mend the split or leave it out, or set iqa_sets.s.split_as_released"
    )
    refuse_shared(rows[:2], "s")
    refuse_shared([replace(one, held_out=None) for one in rows], "s")


def test_training_images_of_a_tested_content():
    contents = ["a", "b", "a", "c", "c", "d"]
    assert shared_training([True, False, False, False, True, None], contents) == {2, 3}
    assert shared_training([None] * 6, contents) == set()
    assert shared_training([False, False, False, True, True, True], contents) == set()
