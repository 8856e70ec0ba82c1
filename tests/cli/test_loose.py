"""`asymmetry score`, as it is typed."""

import sys
from math import log10
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from asymmetry.cli.main import main

Patch, Printed = pytest.MonkeyPatch, pytest.CaptureFixture[str]


@pytest.fixture
def place(workplace: Path) -> Path:
    """Two references and their restored images, all flat: levels of 100, 110 and 105."""
    for name, level in (("set/a", 100), ("set/b", 100), ("mine/a_x4", 110), ("mine/b_x4", 105)):
        path = workplace / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (24, 24), (level, level, level)).save(path)
    return workplace


def asymmetry(monkeypatch: Patch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["asymmetry", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_a_table_is_printed(place: Path, monkeypatch: Patch, capsys: Printed) -> None:
    assert asymmetry(monkeypatch, "score", "mine", "set", "--metrics", "psnr, psnr_y") == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split() == ["image", "psnr", "psnr_y"]
    # 20 lg(255 / 10) and 20 lg(255 / 5); luma has 219 steps where RGB has 255.
    assert printed[1].split() == ["a", "28.1308", f"{20 * log10(255 / 10 * 255 / 219):.4f}"]
    assert printed[2].split() == ["b", "34.1514", f"{20 * log10(255 / 5 * 255 / 219):.4f}"]
    assert printed[3].split()[:2] == ["mean", "31.1411"]
    assert printed[4].startswith("psnr: asymmetry, rgb, no crop, 8 bits, higher is better")


def test_a_table_is_written(place: Path, monkeypatch: Patch, capsys: Printed) -> None:
    (place / "mine/b_x4.png").unlink()
    arguments = ["score", "mine", "set", "--metrics", "psnr", "--output", "out/scores.csv"]
    assert asymmetry(monkeypatch, *arguments) == 0
    printed = capsys.readouterr()
    assert printed.out == "out/scores.csv\n"
    assert printed.err == "b: psnr: missing image\n"
    table = pd.read_csv("out/scores.csv")
    assert table["image"].tolist() == ["a", "b"]
    assert table["status"].tolist() == ["ok", "missing image"]
    assert sorted(path.name for path in place.iterdir()) == ["mine", "out", "set"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mine/a_x4.png", "--metrics", "psnr"], "psnr compares two images"),
        (["mine/a_x4.png", "set/a.png", "--metrics", ","], "names no metric"),
        (["none.png", "set/a.png"], "none.png: there is no such file"),
    ],
)
def test_a_mistake_is_one_line(
    place: Path, monkeypatch: Patch, capsys: Printed, arguments: list[str], said: str
) -> None:
    assert asymmetry(monkeypatch, "score", *arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert said in error
    assert error.count("\n") == 1
