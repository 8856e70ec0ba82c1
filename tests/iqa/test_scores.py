import pytest

from asymmetry.errors import UserError
from asymmetry.iqa.scores import read_scores
from asymmetry.study import ScoredSet
from tests.iqa.conftest import SCORED


def read(table, **changes):
    return read_scores("s", ScoredSet(**(SCORED | {"table": str(table)} | changes))).rows


def test_rows_as_written(table):
    rows = read(table)
    assert [row.score for row in rows] == [2.5, 1, 4]
    assert [row.content for row in rows] == ["a.png", "a.png", "b.png"]
    assert rows[0].image == table.parent / "images" / "a1.png"
    assert rows[0].reference == table.parent / "images" / "a.png"


def test_without_references_each_image_is_a_content(table):
    rows = read(table, reference=None)
    assert [row.content for row in rows] == ["a1.png", "a2.png", "b1.png"]
    assert all(row.reference is None for row in rows)


@pytest.mark.parametrize(
    ("content", "changes", "message"),
    [
        (
            "image,ref,dmos\n",
            {},
            "has no column 'mos'; mend iqa_sets.s.score: did you mean 'dmos'? "
            "Allowed: image, ref, dmos",
        ),
        ("image,mos\n", {}, "has no column 'ref'; mend iqa_sets.s.reference"),
        ("", {}, "has no column 'image'; mend iqa_sets.s.image"),
        ("image,ref,mos\n", {}, "holds no row"),
        ("image,ref,mos\na1.png,a.png\n", {}, ":2: does not have 3 values; mend the row"),
        ("image,ref,mos\na1.png,a.png,1,2\n", {}, ":2: does not have 3 values; mend the row"),
        ("image,ref,mos\nc.png,a.png,1\n", {}, "images/c.png: there is no such image"),
        ("image,ref,mos\na1.png,c.png,1\n", {}, "images/c.png: there is no such image"),
        ("image,ref,mos\na1.png,a.png,good\n", {}, ":2: mos is 'good', not a number"),
        ("image,ref,mos\na1.png,a.png,nan\n", {}, ":2: mos is 'nan', not a number"),
        ("image,ref,mos\na1.png,a.png,\xff\n", {}, "cannot be read as CSV"),
        ("image,ref,mos\na1.png,a.png,1\n", {"folder": "x"}, "x/a1.png: there is no such image"),
    ],
)
def test_bad_tables_are_refused_with_one_line(table, content, changes, message):
    table.write_bytes(content.encode("latin-1"))
    with pytest.raises(UserError) as error:
        read(table, **changes)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


PARTS = "image,ref,mos,part\na1.png,a.png,2.5,{}\na2.png,a.png,1,{}\nb1.png,b.png,4,{}\n"


def test_the_sets_own_split(table):
    assert [row.held_out for row in read(table)] == [None, None, None]
    table.write_text(PARTS.format("train", "train", "test"))
    assert [row.held_out for row in read(table, split="part")] == [False, False, True]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (("train", "train", "validation"), ":4: part is 'validation', neither train nor test"),
        (("train", "test", "test"), "'a.png' is both train and test"),
        (("train", "train", "train"), "has no test image"),
    ],
)
def test_a_split_that_cannot_be_used(table, parts, message):
    table.write_text(PARTS.format(*parts))
    with pytest.raises(UserError, match=message):
        read(table, split="part")
    with pytest.raises(UserError, match=r"has no column 'prat'; mend iqa_sets\.s\.split"):
        read(table, split="prat")


def test_a_missing_table(table):
    table.unlink()
    with pytest.raises(UserError, match="there is no such table; check iqa_sets"):
        read(table)


def test_human_scores_of_live_and_biq2021(shared):
    live = ScoredSet(
        kind="scores",
        table=str(shared / "data/live_subset/scores.csv"),
        image="dist",
        reference="ref",
        score="dmos_realigned",
        higher_is_better=False,
    )
    scores = read_scores("live", live)
    assert len(scores.rows) == 61
    assert len({row.content for row in scores.rows}) == 6
    assert not scores.higher_is_better
    biq = ScoredSet(
        kind="scores",
        table=str(shared / "data/biq2021/scores.csv"),
        image="image",
        score="mos",
        higher_is_better=True,
        folder="Images",
        split="split",
    )
    scores = read_scores("biq", biq)
    assert len(scores.rows) == len({row.content for row in scores.rows}) == 1000
    assert sum(bool(row.held_out) for row in scores.rows) == 400
    assert all(0 < row.score < 1 and row.reference is None for row in scores.rows)
