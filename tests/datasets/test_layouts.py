"""The archives of real sets, as their authors and mirrors pack them, come as the loaders want."""

import shutil
from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.published.registry import read_published
from asymmetry.datasets.catalogue import CATALOGUE
from asymmetry.datasets.get import get
from asymmetry.study import PublishedSet
from tests.data.iqa_sets.published.replicas import REPLICAS, replica
from tests.datasets.test_archives import content, write_zip


def packed(root: Path, archive: Path, *parts: str, above: str = "") -> Path:
    """A zip of these files and folders of a replica, below the folder `above`."""
    files = [file for part in parts for file in [root / part, *(root / part).rglob("*")]]
    return write_zip(
        archive,
        {
            f"{above}{file.relative_to(root).as_posix()}": file.read_bytes()
            for file in files
            if file.is_file()
        },
    )


def is_read(kind: str) -> bool:
    """Whether the loader finds all that the score file names."""
    return bool(read_published("s", PublishedSet(kind=kind, folder=f"data/{kind}")).rows)


def remove(kind: str) -> None:
    shutil.rmtree(f"data/{kind}")
    Path(f"data/{kind}.json").unlink()


@pytest.mark.parametrize("kind", REPLICAS)
def test_a_release_in_one_archive_with_or_without_a_folder_around(workplace: Path, kind: str):
    root = replica(kind, workplace)
    names = [path.name for path in root.iterdir()]
    get([kind], [packed(root, workplace / "whole.zip", *names, above="Release 2/")])
    assert is_read(kind)
    remove(kind)
    get([kind], [packed(root, workplace / "flat.zip", *names)])
    assert is_read(kind)


@pytest.mark.parametrize("kind", REPLICAS)
def test_a_release_in_an_archive_or_a_folder_a_part(workplace: Path, kind: str):
    root = replica(kind, workplace)
    names = [path.name for path in sorted(root.iterdir())]
    archives = [
        packed(root, workplace / f"{name}.zip", name) if (root / name).is_dir() else root / name
        for name in names
    ]
    get([kind], archives)
    assert is_read(kind)
    remove(kind)
    get([kind], [root / name for name in names])
    assert is_read(kind)


@pytest.mark.parametrize("kind", REPLICAS)
def test_images_without_their_scores_are_refused_in_one_line(workplace: Path, kind: str):
    root = replica(kind, workplace)
    for path in root.rglob("*"):
        if path.suffix in {".csv", ".txt", ".xlsx", ".mat"}:
            path.unlink()
    with pytest.raises(UserError) as error:
        get([kind], [root])
    assert str(error.value).startswith(f"{root}: holds no ")
    assert str(error.value).endswith("; give that too, with one more --from")
    assert "\n" not in str(error.value)
    assert not Path("data", kind).exists()


def test_archives_named_after_their_folder_need_not_hold_it(workplace: Path):
    root = replica("spaq", workplace)
    flat = {path.name: path.read_bytes() for path in (root / "TestImage").iterdir()}
    sources = [write_zip(workplace / "TestImage.zip", flat), root / "Annotations"]
    get(["spaq"], sources)
    assert is_read("spaq")
    assert len(list(Path("data/spaq/TestImage").iterdir())) == 3


def test_several_archives_of_pipal(workplace: Path):
    root = replica("pipal", workplace)
    get(
        ["pipal"],
        [
            packed(root, workplace / "Train_Label.zip", "Train_Label"),
            packed(root, workplace / "Train_Ref.zip", "Train_Ref"),
            packed(root, workplace / "Train_Dist_1.zip", "Distortion_1", above="PIPAL/"),
            packed(root, workplace / "Train_Dist_4.zip", "Distortion_4"),
        ],
    )
    assert is_read("pipal")
    assert Path("data/pipal/Train_Label/A0001.txt").is_file()


def test_archives_of_csiq_under_their_published_names(workplace: Path):
    files = {}
    for remote in CATALOGUE["csiq"].ways[0]:
        path = workplace / remote.file
        if remote.file == "dst_imgs.zip":
            write_zip(path, {"dst_imgs/awgn/1600.AWGN.1.png": b"1", "dst_imgs/blur/x.png": b"2"})
        elif remote.file == "src_imgs.zip":
            write_zip(path, {"1600.png": b"3", "__MACOSX/._1600.png": b""})
        else:
            path.write_bytes(b"PK")
        files[remote.file] = path
    get(["csiq"], list(files.values()))
    assert sorted(content(Path("data/csiq"))) == [
        "csiq.DMOS.xlsx",
        "dst_imgs/awgn/1600.AWGN.1.png",
        "dst_imgs/blur/x.png",
        "src_imgs/1600.png",
    ]
