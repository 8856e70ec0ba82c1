import subprocess

from asymmetry.analysis.provenance import code_commit, provenance
from asymmetry.files import sha256_of
from tests.synthetic_tables import make_runs, write_tables


def git(folder, *arguments):
    names = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "-C", folder, *names, *arguments], check=True, capture_output=True)


def test_commit_and_its_changes(tmp_path):
    assert code_commit(tmp_path) == "unknown"
    git(tmp_path, "init")
    (tmp_path / "file").write_text("1")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "-m", "first")
    commit = code_commit(tmp_path)
    assert len(commit) == 40
    (tmp_path / "file").write_text("2")
    assert code_commit(tmp_path) == f"{commit}-dirty"


def test_digests_of_the_tables_that_are_there(tmp_path):
    write_tables(tmp_path, runs=make_runs())
    assert provenance(tmp_path).tables == {"runs": sha256_of(tmp_path / "runs.parquet")}
