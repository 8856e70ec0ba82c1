import json
from pathlib import Path

import yaml
from typer.testing import CliRunner

from asymmetry.cli.main import app
from tests.conftest import ROOT
from tests.synthetic_tables import make_study


def test_power_says_what_the_default_study_can_decide():
    found = CliRunner().invoke(app, ["power", "--study", str(ROOT / "params.yaml")])
    lines = dict(line.split(maxsplit=1) for line in found.stdout.splitlines())
    assert lines["H1"] == "can be decided, in 4 of 4 findings"
    # Its losses have one seed beside the adversary, so chance is not known there.
    assert lines["H2"].startswith("can never be decided")
    assert "second seed" in lines["H2"]
    assert lines["H12"].startswith("descriptive only")


def test_power_simulates_the_study(tmp_path: Path):
    study, output = tmp_path / "study.yaml", tmp_path / "power.json"
    values = make_study(tmp_path, ["l1", "ssim", "gmsd"], [0]).model_dump(mode="json")
    study.write_text(yaml.safe_dump(values))
    arguments = ["power", "--study", str(study), "--simulate", "1", "--output", str(output)]
    found = CliRunner().invoke(app, arguments)
    assert found.exit_code == 0, found.output
    header = next(line for line in found.stdout.splitlines() if line.endswith("width"))
    assert header.split() == ["claim", "opposite", "neither", "width"]
    numbers = json.loads(output.read_text())
    assert (numbers["studies"], numbers["images"]) == (1, 24)
    # Three losses are too few for a rank correlation.
    shares = {one["hypothesis"]: one["shares"] for one in numbers["powers"]}
    assert shares["H1"] == {"this design cannot decide it": 1.0}
