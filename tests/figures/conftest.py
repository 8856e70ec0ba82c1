from pathlib import Path

import pytest

from tests.synthetic_tables import analysed_study, make_runs, write_crops


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    """The small study with its tables, analysed, and its crops."""
    folder = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_crops(Path("results"), make_runs())
        yield analysed_study(folder / "results")
