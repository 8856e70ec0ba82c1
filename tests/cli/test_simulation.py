from typer.testing import CliRunner

from asymmetry.cli.main import app
from tests.conftest import ROOT


def test_power_says_what_the_default_study_can_decide():
    found = CliRunner().invoke(app, ["power", "--study", str(ROOT / "params.yaml")])
    lines = dict(line.split(maxsplit=1) for line in found.stdout.splitlines())
    assert lines["H1"] == "can be decided, in 4 of 4 findings"
    # Its losses have one seed beside the adversary, so chance is not known there.
    assert lines["H2"].startswith("can never be decided")
    assert "second seed" in lines["H2"]
    assert lines["H12"].startswith("descriptive only")
