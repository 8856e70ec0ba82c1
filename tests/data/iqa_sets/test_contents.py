from dataclasses import replace
from pathlib import Path

import pytest

from asymmetry.data.iqa_sets.contents import with_contents
from asymmetry.data.iqa_sets.rows import ScoredRow
from tests.iqa.conftest import picture


def row(image: Path, reference: Path | None = None, held_out: bool | None = None) -> ScoredRow:
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
    rows = [row(image, reference) for reference in (b, a, c)]
    assert [one.content for one in with_contents(rows)] == ["a.jpg", "a.jpg", "c.png"]
    backwards = with_contents(rows[::-1])
    assert [one.content for one in backwards] == ["c.png", "a.jpg", "a.jpg"]
    assert [replace(one, content="") for one in backwards] == [
        replace(one, content="") for one in rows[::-1]
    ]


def test_images_that_show_the_same_are_apart_where_their_references_are(saved):
    """A set with references is grouped by these: its images are compared with them, not alone."""
    same = [row(saved(1, f"i{place}.png"), saved(5 + place, f"r{place}.png")) for place in (1, 2)]
    assert [one.content for one in with_contents(same)] == ["r1.png", "r2.png"]
