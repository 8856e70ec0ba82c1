from pathlib import Path

import pytest

from asymmetry.compare.methods import unique_names
from asymmetry.core.errors import UserError


@pytest.mark.parametrize(
    ("folders", "names"),
    [
        (["/r/esrgan", "/r/swinir"], ["esrgan", "swinir"]),
        (["/r/a/x4", "/r/b/x4", "/r/hat"], ["a-x4", "b-x4", "hat"]),
        (["/r/a/out/x4", "/r/b/out/x4"], ["a-out-x4", "b-out-x4"]),
        (["/x4", "/r/x4"], ["x4", "r-x4"]),
        # What is no part of a path or an address is replaced, and then made unique, too.
        (["/r/my method (1)", "/r/__"], ["my_method_1", "folder"]),
        (["/r/a b", "/r/a?b"], ["r-a_b", "r-a_b-2"]),
    ],
)
def test_names_are_those_of_the_folders_made_unique(folders: list[str], names: list[str]):
    paths = [Path(folder) for folder in folders]
    assert unique_names(paths) == dict(zip(names, paths, strict=True))


def test_a_folder_is_named_once(tmp_path: Path):
    with pytest.raises(UserError, match=r"is named twice; name each folder once$"):
        unique_names([tmp_path, tmp_path / "." / "x" / ".."])
