from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from asymmetry.cli.main import app
from asymmetry.core.errors import UserError
from asymmetry.figures.registry import FORMATS
from asymmetry.tables.power import load_power
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
    study, output = tmp_path / "study.yaml", tmp_path / "simulated"
    values = make_study(tmp_path, ["l1", "ssim", "gmsd"], [0]).model_dump(mode="json")
    study.write_text(yaml.safe_dump(values))
    arguments = ["power", "--study", str(study), "--simulate", "1", "--output", str(output)]
    found = CliRunner().invoke(app, arguments)
    assert found.exit_code == 0, found.output
    header = next(line for line in found.stdout.splitlines() if line.endswith("width"))
    assert header.split() == ["claim", "opposite", "neither", "width"]
    table = load_power(output)
    assert set(table["studies"]) == {1}
    assert set(table["images"]) == {24}
    # Three losses are too few for a rank correlation, which has no border.
    assert set(table.loc[table["id"] == "H1", "truth"]) == {"claim", "opposite"}
    assert table.loc[table["id"] == "H1", "power"].eq(0).all()
    drawn = {path.name for path in (output / "figures").iterdir()}
    assert drawn == {f"power.{kind}" for kind in FORMATS}


@pytest.mark.parametrize("option", [["--search"], ["--output", "folder"]])
def test_what_nothing_simulates_is_not_kept(option: list[str]):
    found = CliRunner().invoke(app, ["power", "--study", str(ROOT / "params.yaml"), *option])
    assert isinstance(found.exception, UserError)
    assert "add --simulate" in str(found.exception)
