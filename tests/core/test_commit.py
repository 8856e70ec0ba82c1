import subprocess

from asymmetry.core.commit import code_commit, commit_problem


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


def test_without_git_it_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert code_commit() == "unknown"


def test_a_repository_that_git_does_not_read_is_told_of(tmp_path):
    assert commit_problem(tmp_path) == ""
    git(tmp_path, "init")
    (tmp_path / ".git/config").write_text("damaged [")
    problem = commit_problem(tmp_path)
    assert problem.startswith("warning: results will not say which commit of the code made them; ")
    assert "bad config" in problem
    assert code_commit(tmp_path) == "unknown"
