"""`asymmetry compare` from folders to pages, in this process."""

import json
import re
import sys
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from asymmetry.assessment import work
from asymmetry.assessment.loose import score
from asymmetry.cli.main import main
from asymmetry.compare.compare import compare
from asymmetry.core.errors import UserError
from tests.trained import photo

NOWHERE, METRICS = Path("no weights"), ["psnr", "gmsd", "ms_ssim"]


@pytest.fixture
def place(workplace: Path) -> Path:
    """Three references of 70 pixels; two folders of the same name, and one that lacks an image."""
    for folder, levels in {"set": 0, "a/x4": 5, "b/x4": 9, "part": 2}.items():
        Path(folder).mkdir(parents=True)
        for seed in (1, 2, 3):
            side, ending = (68, f"_{Path(folder).name}") if levels else (70, "")
            picture = photo(seed, 70).crop((0, 0, side, side))
            shifted = picture.point(lambda v, by=levels: v + by if v < 128 else v - by)
            shifted.save(f"{folder}/p{seed}{ending}.png")
    Path("part/p3_part.png").unlink()
    return workplace


def made(*folders: str) -> Path:
    paths = [Path(folder) for folder in folders or ("a/x4", "b/x4", "part")]
    return compare(paths, Path("set"), METRICS, 4, NOWHERE, Path("out"))


def data() -> dict[str, list[list[object]]]:
    text = Path("out/compare-data.js").read_text()
    found = json.loads(text.removeprefix("window.COMPARISON = ").removesuffix(";\n"))
    assert isinstance(found, dict)
    return found


def test_scores_are_those_of_score(place: Path):
    made()
    table = pd.read_csv("out/scores.csv")
    assert table.columns.tolist() == ["method", "image", "metric", "convention", "value", "status"]
    assert table["method"].unique().tolist() == ["a-x4", "b-x4", "part"]
    alone = score(Path("b/x4"), Path("set"), METRICS, 4, NOWHERE)
    found = table[table["method"] == "b-x4"].reset_index(drop=True)
    for column in ("image", "metric", "convention", "status"):
        assert found[column].tolist() == alone[column].tolist()
    assert found["value"].tolist() == pytest.approx(alone["value"].tolist(), nan_ok=True)
    status = table.set_index(["method", "image", "metric"])["status"]
    assert status["part", "p3", "psnr"] == "missing image"
    assert "at least 176 pixels" in status["a-x4", "p1", "ms_ssim"]


def test_pages_tables_and_figures_belong_together(place: Path):
    page = made().read_text()
    for file in re.findall(r'(?:href|src)="([^"#]+)', page):
        assert (Path("out") / file).is_file(), file
    assert page.index(">part</th>") < page.index(">a-x4</th>") < page.index(">b-x4</th>")
    assert "part: missing image: p3" in page
    names = [[row[3], row[4]] for row in data()["cells"]]
    assert names[0] == ["reference", "reference"]
    assert names[1:] == [[name, "outside"] for name in ("a-x4", "b-x4", "part")]
    pairs = pd.read_csv("out/differences.csv").query("metric == 'psnr' and method == 'a-x4'")
    assert pairs["images"].tolist() == [3, 2]
    opened = re.search(r'href="compare.html#([^"]*)"', page)
    assert opened is not None
    assert opened[1].count("cell=") == 4


def test_every_picture_of_the_page_is_there(place: Path):
    made()
    found = data()
    for index, cell in enumerate(found["cells"]):
        lacking = dict(found["absent"]).get(str(index), [])
        for number, (name, *_) in enumerate(found["views"]):
            path = Path("out/crops") / f"{cell[0]}{cell[1]}" / f"{name}.png"
            assert path.is_file() == (number not in lacking)
            if path.is_file():
                with Image.open(path) as picture:
                    assert picture.size == (68, 68)
    assert found["absent"] == {"3": [2]}


def test_a_second_call_measures_what_is_new_alone(place: Path, monkeypatch: pytest.MonkeyPatch):
    page = made().read_bytes()
    looked: list[str] = []
    load = work.load_photo
    monkeypatch.setattr(
        work, "load_photo", lambda one: (looked.append(str(one.path)), load(one))[1]
    )
    # An image that a metric cannot measure is tried again.
    monkeypatch.setattr(sys.modules[__name__], "METRICS", ["psnr", "gmsd"])
    made()
    assert looked == []
    photo(9, 68).save("a/x4/p2_x4.png")
    made()
    assert [Path(path).name for path in looked] == ["p1_x4.png", "p2_x4.png", "p3_x4.png"]
    assert Path("out/index.html").read_bytes() != page


def test_it_needs_no_project_and_leaves_nothing_behind(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    before = {path.name for path in place.iterdir()}
    arguments = ["compare", "a/x4", "part", "--reference", "set", "--metrics", "psnr"]
    monkeypatch.setattr(sys, "argv", ["asymmetry", *arguments, "--scale", "4"])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert capsys.readouterr().out.endswith("/comparison/index.html\n")
    assert {path.name for path in place.iterdir()} == before | {"comparison"}


@pytest.mark.parametrize(
    ("folders", "metrics", "scale", "output", "said"),
    [
        (["a/x4"], ["psnrr"], 4, "out", "did you mean 'psnr'?"),
        (["a/x4", "a/x4"], ["psnr"], 4, "out", "is named twice"),
        (["a/x4", "none"], ["psnr"], 4, "out", "none: there is no such folder"),
        (["a/x4"], ["psnr"], 1, "out", "is of 68x68 pixels, but its reference is of 70x70"),
        (["a/x4"], ["psnr"], 5, "out", "scale: input should be 1, 2, 3, 4 or 8, not 5"),
        (["a/x4"], ["lpips-alex"], 4, "out", "asymmetry weights get alexnet"),
        (["a/x4"], ["psnr"], 4, "a/x4/out", "is inside of a/x4"),
        (["broken"], ["psnr"], 4, "out", "is not an image"),
    ],
)
def test_a_mistake_is_named_before_anything_is_measured(
    place: Path, folders: list[str], metrics: list[str], scale: int, output: str, said: str
):
    Path("broken").mkdir()
    Path("broken/p1.png").write_text("no image")
    paths = [Path(folder) for folder in folders]
    with pytest.raises(UserError) as error:
        compare(paths, Path("set"), metrics, scale, NOWHERE, Path(output))
    assert said in str(error.value)
    assert not (Path(output) / "index.html").exists()
