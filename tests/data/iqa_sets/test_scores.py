import os
import shutil
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import pytest

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.rows import ScoredRow
from asymmetry.data.iqa_sets.scores import read_scores, with_contents, written_scores
from asymmetry.data.iqa_sets.splits import split_by_content
from asymmetry.study import ScoredSet
from tests.iqa.conftest import SCORED, picture


def read(table, **changes):
    return read_scores("s", ScoredSet(**(SCORED | {"table": str(table)} | changes))).rows


def refusal(table, **changes):
    with pytest.raises(UserError) as error:
        read(table, **changes)
    assert "\n" not in str(error.value)
    return str(error.value)


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
        ("image,ref,mos\na1.png,a.png,1_000\n", {}, ":2: mos is '1_000', not a number"),
        ('image,ref,mos\na1.png,a.png,"3,5"\n', {}, ":2: mos is '3,5', not a number"),
        ("image,ref,mos\na1.png,a.png, \n", {}, ":2: mos is blank"),
        ("image,ref,mos\n ,a.png,1\n", {}, ":2: image is blank; name a file"),
        ("image,ref,mos\na1.png,,1\n", {}, ":2: ref is blank; name a file"),
        ("image,ref,mos,mos\na1.png,a.png,1,2\n", {}, ":1: 'mos' is the name of the columns 3 and"),
        ("image;ref;mos\na1.png;a.png;1\n", {}, ":1: has semicolons between its columns"),
        ("image,ref,mos\na1.png,a.png,1\n", {"folder": "x"}, "x/a1.png: there is no such image"),
    ],
)
def test_bad_tables_are_refused_with_one_line(table, content, changes, message):
    table.write_bytes(content.encode("latin-1"))
    assert message in refusal(table, **changes)


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


@pytest.mark.parametrize(
    "again",
    [
        "a1.png",
        "./a1.png",
        "deep/../a1.png",
        "../images/a1.png",
        " a1.png ",
        ".\\a1.png",
        "link.png",
        "hard.png",
    ],
)
def test_an_image_that_is_listed_twice_names_both_lines(table, again):
    images = table.parent / "images"
    (images / "link.png").symlink_to("a1.png")
    os.link(images / "a1.png", images / "hard.png")
    table.write_text(f"image,ref,mos\na1.png,a.png,2.5\nb1.png,b.png,4\n{again},a.png,1\n")
    message = refusal(table)
    assert message.startswith(f"{table}:4: ")
    assert f"has a score already in {table}:2" in message


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_image_that_is_listed_in_two_forms_of_accents(table, form):
    images, name = table.parent / "images", "caf\u00e9.png"
    (images / "a1.png").rename(images / normalize(form, name))
    forms = [normalize("NFC", name), normalize("NFD", name)]
    table.write_text(f"image,ref,mos\n{forms[0]},a.png,1\n{forms[1]},a.png,2\n")
    assert f"has a score already in {table}:2" in refusal(table)
    for written in forms:
        table.write_text(f"image,ref,mos\n{written},a.png,1\n")
        assert [row.name for row in read(table)] == [name]


def test_one_name_in_two_folders_and_a_copy_are_other_images(table):
    images = table.parent / "images"
    (images / "deep").mkdir()
    picture(9, (20, 12)).save(images / "deep" / "a1.png")
    shutil.copy(images / "a1.png", images / "copy.png")
    table.write_text("image,ref,mos\na1.png,a.png,1\ndeep/a1.png,a.png,2\ncopy.png,a.png,3\n")
    assert [row.name for row in read(table)] == ["a1.png", "deep/a1.png", "copy.png"]


@pytest.mark.parametrize(
    "other", ["./a.png", ".\\a.png", "x/../a.png", "a.png ", "link.png", "copy.png"]
)
def test_spellings_and_copies_of_a_reference_are_one_content(table, other):
    images = table.parent / "images"
    (images / "link.png").symlink_to("a.png")
    shutil.copy(images / "a.png", images / "copy.png")
    table.write_text(f"image,ref,mos\na1.png,a.png,1\na2.png,{other},2\nb1.png,b.png,3\n")
    assert [row.content for row in read(table)] == ["a.png", "a.png", "b.png"]


def test_one_scene_under_two_names_is_on_one_side_of_every_split(table):
    lines = ["image,mos"]
    for seed in range(20, 26):
        image = picture(seed, (96, 64))
        image.save(table.parent / "images" / f"scene{seed}.png")
        image.resize((48, 32)).save(table.parent / "images" / f"other{seed}.jpg", quality=60)
        lines += [f"scene{seed}.png,{seed}", f"other{seed}.jpg,{seed}"]
    table.write_text("\n".join(lines))
    rows = read(table, reference=None)
    assert len({row.content for row in rows}) == 6
    for index in range(4):
        split = split_by_content([row.content for row in rows], index)
        scenes = [{rows[place].name[5:7] for place in part} for part in vars(split).values()]
        assert sum(map(len, scenes)) == 6


@pytest.fixture
def leaky(table):
    """A table whose split has one scene on both sides, as PNG and as JPEG."""
    image = picture(30, (96, 64))
    image.save(table.parent / "images" / "scene.png")
    image.save(table.parent / "images" / "scene.jpg", quality=50)
    table.write_text("image,mos,part\nscene.png,1,train\nb1.png,2,train\nscene.jpg,3,test\n")
    return {"table": table, "reference": None, "split": "part"}


def test_a_scene_on_both_sides_of_a_users_split_is_an_error(leaky):
    message = refusal(**leaky)
    assert f"'scene.png' ({leaky['table']}:2) shows what 'scene.jpg' ({leaky['table']}:4) does" in (
        message
    )
    assert "set iqa_sets.s.split_as_released" in message


def test_a_released_split_is_taken_as_it_is(leaky):
    rows = read(**leaky, split_as_released=True)
    assert [(row.content, row.held_out) for row in rows] == [
        ("scene.jpg", False), ("b1.png", False), ("scene.jpg", True),
    ]  # fmt: skip


def test_a_reference_on_both_sides_is_an_error_before_any_picture_is_decoded(table):
    (table.parent / "images" / "a.png").write_bytes(b"no picture")
    table.write_text(PARTS.format("train", "test", "test").replace("a2.png,a", "a2.png,./a"))
    declared = SCORED | {"table": str(table), "split": "part"}
    with pytest.raises(UserError, match=r"scores\.csv:3: 'a\.png' is both train and test"):
        written_scores("s", ScoredSet(**declared))
    released = ScoredSet(**declared, split_as_released=True)
    assert [row.held_out for row in written_scores("s", released).rows] == [False, True, True]


def test_scores_as_written_need_no_picture(table):
    (table.parent / "images" / "a.png").write_bytes(b"no picture")
    declared = ScoredSet(**(SCORED | {"table": str(table)}))
    assert [row.content for row in written_scores("s", declared).rows] == ["a.png"] * 2 + ["b.png"]
    assert "a.png: is not an image" in refusal(table)


def test_human_scores_of_live_and_biq2021(shared, workplace):
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
        split_as_released=True,
    )
    scores = read_scores("biq", biq)
    assert len(scores.rows) == 1000
    assert len({row.content for row in scores.rows}) == 970
    assert sum(bool(row.held_out) for row in scores.rows) == 400
    assert all(0 < row.score < 1 and row.reference is None for row in scores.rows)


def _row(image: Path, reference: Path | None = None, held_out: bool | None = None) -> ScoredRow:
    content = (reference or image).name
    return ScoredRow(
        image.name, content, 1.0, image, reference, "", held_out, f"t.csv:{image.name}"
    )


@pytest.fixture
def saved(workplace):
    def save(seed: int, name: str) -> Path:
        picture(seed).save(workplace / name)
        return workplace / name

    return save


def test_references_that_show_the_same_are_one_content_of_the_least_name(saved):
    b, a, c = saved(1, "b.png"), saved(1, "a.jpg"), saved(2, "c.png")
    image = saved(3, "i.png")
    rows = [_row(image, reference) for reference in (b, a, c)]
    assert [one.content for one in with_contents(rows)] == ["a.jpg", "a.jpg", "c.png"]
    backwards = with_contents(rows[::-1])
    assert [one.content for one in backwards] == ["c.png", "a.jpg", "a.jpg"]
    assert [replace(one, content="") for one in backwards] == [
        replace(one, content="") for one in rows[::-1]
    ]


def test_images_that_show_the_same_are_apart_where_their_references_are(saved):
    """A set with references is grouped by these: its images are compared with them, not alone."""
    same = [_row(saved(1, f"i{place}.png"), saved(5 + place, f"r{place}.png")) for place in (1, 2)]
    assert [one.content for one in with_contents(same)] == ["r1.png", "r2.png"]
