from dataclasses import replace
from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.own_split import refuse_shared, shared_training
from asymmetry.data.iqa_sets.rows import ScoredRow


def row(name: str, content: str, held_out: bool | None) -> ScoredRow:
    return ScoredRow(name, content, 1.0, Path(name), None, "", held_out, f"t.csv:{name}")


def test_a_content_on_both_sides_is_refused_with_both_lines():
    rows = [row("a", "a", True), row("b", "b", False), row("c", "a", False)]
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
