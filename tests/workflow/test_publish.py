"""`asymmetry publish`, of a study that ran to its end."""

import subprocess
import sys
from urllib.parse import unquote, urlsplit

import pytest

from tests.conftest import small_values
from tests.report.test_build import Page
from tests.workflow.conftest import Project

pytestmark = pytest.mark.slow


def asymmetry(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "asymmetry", *arguments],
        cwd=project.folder,
        env=project.environment(),
        capture_output=True,
        text=True,
    )


def test_a_published_study_is_whole_and_made_again_from_its_tables(copy: Project):
    folder = copy.folder / "published/mine"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("what was found")
    done = asymmetry(copy, "publish", "published/mine")
    assert done.returncode == 0, done.stderr
    assert (folder / "README.md").read_text() == "what was found"
    pages = {name: (folder / name).read_text() for name in ("index.html", "compare.html")}
    links = {link for page in pages.values() for link in Page(page).links}
    files = {unquote(urlsplit(link).path) for link in links if not link.startswith("data:")}
    assert {"tables/scores.parquet", "tables/claims.md", "figures/asymmetry.svg"} <= files
    assert [name for name in files if name and not (folder / name).is_file()] == []

    made = [*(folder / "figures").glob("*.svg"), *(folder / "figures").glob("*.csv")]
    made += [folder / "tables/claims.md", folder / "tables/effect.parquet"]
    before = {path: path.read_bytes() for path in made}
    for path in before:
        path.unlink()
    # Crops show images, so their numbers are not made again.
    again = asymmetry(copy, "figures", "--tables", "published/mine/tables")
    assert again.returncode == 0, again.stderr
    del before[folder / "figures/crops.csv"]
    assert {path: path.read_bytes() for path in before} == before

    twice = asymmetry(copy, "publish", "published/mine")
    assert twice.returncode == 2
    assert twice.stderr.startswith("error: published/mine/tables: there is one already; ")


def test_results_of_another_study_are_not_published(copy: Project):
    values = small_values()
    values["grid"]["seeds"] = [0, 1]
    copy.write(values)
    done = asymmetry(copy, "publish", "mine")
    assert done.returncode == 2
    assert done.stderr.startswith("error: results: these stages are not made: ")
    assert "analyse, figures, report; run snakemake" in done.stderr
    assert not (copy.folder / "mine").exists()
