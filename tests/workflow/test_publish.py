"""`asymmetry publish`, of a study that ran to its end."""

import pytest

from tests.conftest import small_values
from tests.report.test_build import Page
from tests.workflow.conftest import Project

pytestmark = pytest.mark.slow


def test_a_published_study_is_whole_and_made_again_from_its_tables(copy: Project):
    folder = copy.folder / "published/mine"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("what was found")
    done = copy.asymmetry("publish", "published/mine")
    assert done.returncode == 0, done.stderr
    assert (folder / "README.md").read_text() == "what was found"
    pages = [(folder / name).read_text() for name in ("index.html", "compare.html")]
    files = {name for page in pages for name in Page(page).files}
    assert {"tables/scores.parquet", "tables/claims.md", "figures/asymmetry.svg"} <= files
    assert [name for name in files if not (folder / name).is_file()] == []

    made = [*(folder / "figures").glob("*.svg"), *(folder / "figures").glob("*.csv")]
    made += [folder / "tables/claims.md", folder / "tables/effect.parquet"]
    before = {path: path.read_bytes() for path in made}
    for path in before:
        path.unlink()
    # Crops show images, so their numbers are not made again.
    again = copy.asymmetry("figures", "--tables", "published/mine/tables")
    assert again.returncode == 0, again.stderr
    del before[folder / "figures/crops.csv"]
    assert {path: path.read_bytes() for path in before} == before


def test_results_of_another_study_are_not_published(copy: Project):
    values = small_values()
    values["grid"]["seeds"] = [0, 1]
    copy.write(values)
    done = copy.asymmetry("publish", "mine")
    assert done.returncode == 2
    assert done.stderr.startswith("error: results: these stages are not made: ")
    assert "analyse, figures, report; run snakemake" in done.stderr
    assert not (copy.folder / "mine").exists()
