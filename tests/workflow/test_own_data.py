"""A study on one's own photos, evaluation set, weights and human scores, from grid to page."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import small_values
from tests.workflow.conftest import Project

pytestmark = pytest.mark.slow


@pytest.fixture(params=["some", pytest.param("all", marks=pytest.mark.long)])
def own(request: pytest.FixtureRequest, project: Project, shared: Path) -> Project:
    """Photos, weights and scores beside the project, as a user has them.

    Of LIVE's subset every fifth image, or all: tests/iqa/transfer has the
    published values of all, too.
    """
    photos = project.folder / "data/photos"
    photos.mkdir(parents=True)
    for photo in sorted((shared / "data/gb82").glob("*.webp"))[:6]:
        shutil.copy(photo, photos)
    shutil.copytree(shared / "data/set5", project.folder / "data/set5")
    shutil.copytree(shared / "data/live_subset", project.folder / "data/live")
    table = project.folder / "data/live/scores.csv"
    header, *rows = table.read_text().splitlines()
    kept = rows if request.param == "all" else rows[::5]
    table.write_text("\n".join([header, *kept]) + "\n")
    shutil.copytree(shared / "weights", project.folder / "data/weights")
    values = small_values()
    values["photos"] = {"source": "data/photos", "reduce": 2}
    values["grid"] |= {
        "tasks": ["blind-x4"],
        "fidelity": ["l1"],
        "discriminators": ["unet"],
    }
    values["grid"]["adversarial_weights"] = [0, 0.1]
    values["discriminators"] = {
        "unet": {"backbone": "unet-small", "head": "pixel", "spectral_norm": True}
    }
    values["training"] |= {"snapshots": [0.25, 0.5]}
    values["evaluation"] = {
        "sets": {"set5": "data/set5"},
        "metrics": ["psnr_y", "ssim"],
        "metrics_with_weights": ["lpips-alex", "lpips-vgg", "niqe"],
        "perception": ["lpips-alex"],
        "crops": [{"set": "set5", "image": "baby", "left": 10, "top": 10, "size": 64}],
    }
    values["iqa_sets"] = {
        "live": {
            "kind": "scores",
            "table": "data/live/scores.csv",
            "image": "dist",
            "reference": "ref",
            "score": "dmos_realigned",
            "higher_is_better": False,
        }
    }
    # Of 61 images of 768 x 512; fine-tuning on them is what tests/iqa/transfer does.
    values["transfer"] |= {"sets": ["live"], "crop": 128, "modes": ["raw", "probe"]}
    project.write(values)
    return project


def test_from_photos_to_page(own: Project, request: pytest.FixtureRequest):
    done = own.snakemake()
    assert done.returncode == 0, done.stderr
    assert (own.folder / "results/index.html").is_file()

    scores = own.table("scores").set_index(["run", "metric"])["status"]
    assert set(scores.xs("lpips-alex", level="metric")) == {"ok"}
    assert set(scores.xs("niqe", level="metric")) == {"ok"}
    assert set(scores.xs("lpips-vgg", level="metric")) == {"missing weights"}

    ways = own.table("trajectories")
    cells = own.table("runs").query("kind == 'cell'")["run"]
    assert set(zip(ways["run"], ways["step"], strict=True)) == {
        (run, step) for run in cells for step in (3, 6)
    }
    assert set(ways.query("metric == 'psnr_y'")["status"]) == {"ok"}
    drawn = pd.read_csv(own.folder / "results/figures/trajectories.csv")
    assert set(drawn["step"]) == {0, 3, 6, 12}

    skill = own.table("skill").query("statistic == 'srcc' and subset == 'all'")
    values = skill.set_index("metric")["value"]
    if request.node.callspec.params["own"] == "all":
        # Published conventions on this subset: PSNR-Y .870, SSIM .908 (see ../shared/README.md).
        assert values["psnr_y"] == pytest.approx(0.870, abs=5e-4)
        assert values["ssim"] == pytest.approx(0.908, abs=5e-4)
    assert values[["psnr_y", "ssim", "lpips-alex"]].between(0.7, 1).all()

    photos = (own.folder / "results/photos.csv").read_text().splitlines()
    assert len(photos) == 7
    assert photos[1:] == sorted(photos[1:])


def test_a_broken_photo_stops_before_any_training(own: Project):
    broken = next((own.folder / "data/photos").glob("*.webp"))
    broken.write_bytes(broken.read_bytes()[:2000])
    done = own.snakemake("-n")
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert broken.name in said
    assert "Traceback" not in said
