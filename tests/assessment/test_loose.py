"""Images of no study: the numbers are those of the field and of the assessment."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from asymmetry.assessment.engine import assess_runs
from asymmetry.assessment.loose import score
from asymmetry.core.errors import UserError
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from tests.conftest import small_values
from tests.trained import photo

NOWHERE = Path("no weights")


def flat(path: Path, level: int, side: int = 24) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (side, side), (level, level, level)).save(path)
    return path


def by_image(table: pd.DataFrame, metric: str) -> dict[str, float]:
    rows = table[table["metric"] == metric]
    return dict(zip(rows["image"], rows["value"], strict=True))


def test_one_pair_has_the_value_of_the_formula(tmp_path: Path):
    image, reference = flat(tmp_path / "a.png", 110), flat(tmp_path / "b.png", 100)
    table = score(image, reference, ["psnr", "psnr"], 1, NOWHERE)
    assert len(table) == 1
    assert table["value"].item() == pytest.approx(20 * math.log10(255 / 10), abs=1e-6)
    assert table["status"].item() == "ok"
    assert "8 bits" in table["convention"].item()


def test_set5_has_its_published_numbers(tmp_path: Path, shared: Path):
    """Bicubic x4 by Pillow, Y, four pixels cropped: 28.42 dB and .810."""
    for path in (shared / "data/set5").iterdir():
        with Image.open(path) as opened:
            whole = opened.convert("RGB")
        width, height = (side - side % 4 for side in whole.size)
        small = whole.crop((0, 0, width, height)).resize((width // 4, height // 4), 3)
        small.resize((width, height), 3).save(tmp_path / f"{path.stem}_bicubic.png")
    table = score(tmp_path, shared / "data/set5", ["psnr_y", "ssim_y"], 4, NOWHERE)
    means = table.groupby("metric")["value"].mean()
    assert means["psnr_y"] == pytest.approx(28.42, abs=0.01)
    assert means["ssim_y"] == pytest.approx(0.810, abs=1.5e-3)


def test_the_numbers_are_those_of_the_assessment(workplace: Path):
    """Bit by bit: bicubic interpolation in a study, and its images in a folder."""
    for folder, seeds in {"photos": range(4), "set": (7, 8)}.items():
        Path(folder).mkdir()
        for seed in seeds:
            photo(seed, 70).save(f"{folder}/p{seed}.png")
    values = small_values()
    values["photos"] = {"source": "photos"}
    values["evaluation"] = {
        "sets": {"test": "set"}, "metrics": ["psnr_y", "gmsd", "piqe"], "distortion": ["gmsd"],
        "pictures": {"side": 512},
    }  # fmt: skip
    plan = Plan(parse_study(values, "test"))
    assess_runs(plan.study, plan, plan.baselines, Path("scores.parquet"))
    assessed = pd.read_parquet("scores.parquet")
    restored = Path("results/crops/bicubic-x4/bicubic/centre-512/test")
    found = score(restored, Path("set"), ["psnr_y", "gmsd", "piqe"], 4, NOWHERE)
    assert found["value"].tolist() == assessed["value"].tolist()
    assert found["convention"].tolist() == assessed["convention"].tolist()


def test_a_metric_without_reference_needs_none(tmp_path: Path):
    photo(1, 64).save(tmp_path / "a.png")
    alone = score(tmp_path, None, ["piqe"], 1, NOWHERE)
    beside = score(tmp_path / "a.png", flat(tmp_path / "r/r.png", 9, 64), ["piqe"], 1, NOWHERE)
    assert alone["value"].item() == beside["value"].item()


def test_what_cannot_be_measured_has_a_status(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    for name in ("a", "b"):
        flat(tmp_path / f"r/{name}.png", 100, 24)
    for name in ("b", "other"):
        flat(tmp_path / f"s/{name}.png", 100, 24)
    table = score(tmp_path / "s", tmp_path / "r", ["psnr", "ms_ssim"], 1, NOWHERE)
    status = dict(
        zip(zip(table["image"], table["metric"], strict=True), table["status"], strict=True)
    )
    assert status["a", "psnr"] == status["a", "ms_ssim"] == "missing image"
    assert status["b", "psnr"] == "ok"
    assert "at least 176 pixels" in status["b", "ms_ssim"]
    assert np.isfinite(by_image(table, "psnr")["b"])
    assert "1 images left out, such as other: no reference has their name" in caplog.text


@pytest.mark.parametrize(
    ("image", "reference", "metrics", "said"),
    [
        ("a.png", "small.png", ["psnr"], "24x24 pixels, but its reference is of 20x20"),
        ("a.png", None, ["gmsd"], "gmsd compares two images"),
        ("a.png", "a.png", ["psnr", "gmsdd"], "did you mean 'gmsd'?"),
        ("a.png", "a.png", ["lpips-alex"], "asymmetry weights get alexnet"),
        ("broken.png", "a.png", ["psnr"], "broken.png: is not an image"),
        ("none.png", "a.png", ["psnr"], "none.png: there is no such file"),
        ("a.png", ".", ["psnr"], "is a folder"),
        (".", "a.png", ["psnr"], "is no folder"),
        ("a.png", "a.png", ["dists-alexnet-calibrated"], "only a study fits"),
    ],
)
def test_a_mistake_is_one_line(
    tmp_path: Path, image: str, reference: str | None, metrics: list[str], said: str
):
    flat(tmp_path / "a.png", 100)
    flat(tmp_path / "small.png", 100, 20)
    (tmp_path / "broken.png").write_text("no image")
    other = None if reference is None else tmp_path / reference
    with pytest.raises(UserError, match=r"^[^\n]+$") as error:
        score(tmp_path / image, other, metrics, 1, NOWHERE)
    assert said in str(error.value)
