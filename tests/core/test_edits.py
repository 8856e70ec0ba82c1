"""A person edits a loss while its trainings run: the jobs that follow say so."""

import json
import subprocess
import sys
from pathlib import Path

from asymmetry.core.edits import STUDY_VARIABLE, edited_files, record_code


def test_edited_added_and_removed_files_are_named(workplace: Path, monkeypatch):
    study = workplace / "study.yaml"
    monkeypatch.setenv(STUDY_VARIABLE, str(study))
    assert edited_files() == []  # no start has recorded anything
    record_code(study)
    assert edited_files() == []
    kept = workplace / "study.code.json"
    digests = json.loads(kept.read_text())
    digests["asymmetry/fidelity/mse.py"] = "0"
    digests["asymmetry/gone.py"] = "1"
    del digests["asymmetry/planning/plan.py"]
    kept.write_text(json.dumps(digests))
    assert edited_files() == [
        "asymmetry/fidelity/mse.py", "asymmetry/gone.py", "asymmetry/planning/plan.py",
    ]  # fmt: skip


def test_a_job_whose_run_has_another_id_now_names_what_was_edited(workplace: Path):
    code = """
import json, sys
from asymmetry.cli import main
from asymmetry.core import edits
from pathlib import Path
edits.record_code(Path("study.yaml"))
kept = Path("study.code.json")
kept.write_text(json.dumps(json.loads(kept.read_text()) | {"asymmetry/fidelity/mse.py": "0"}))
sys.argv = ["asymmetry", "train", "runs/old/run.json"]
main.main()
"""
    (workplace / "study.yaml").write_text("{}")
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "", STUDY_VARIABLE: "study.yaml", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "error: edited since the study was started: asymmetry/fidelity/mse.py; start it again, "
        "what was finished or begun under the former code stays as it is"
    )
