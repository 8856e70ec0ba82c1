import re
import subprocess
from urllib.parse import urlsplit

import pytest

from asymmetry.datasets.catalogue import CATALOGUE, find
from asymmetry.datasets.entry import DataSet
from asymmetry.datasets.table import readme
from tests.conftest import ROOT

WANTED = (
    "div2k flickr2k lsdir set5 set14 bsd100 urban100 manga109 "
    "kadid10k tid2013 live csiq pipal koniq10k spaq tqd"
)


def test_all_sets_are_there():
    assert list(CATALOGUE) == WANTED.split()
    assert all(find(name) is entry for name, entry in CATALOGUE.items())


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_an_entry_is_well_formed(entry: DataSet):
    assert entry.images > 0
    assert entry.gigabytes > 0
    assert bool(entry.files) != bool(entry.ask)
    for text in (entry.title, entry.what, entry.licence, entry.used_for):
        assert text
        assert not set(text) & set("|\n")
    for address in (entry.source, *(remote.url for remote in entry.files)):
        assert urlsplit(address).scheme in ("http", "https")
        assert urlsplit(address).hostname
    for remote in entry.files:
        assert re.fullmatch(r"[\w.]+\.(zip|tar|xlsx)", remote.file)
        assert remote.url.startswith("https://")
        assert remote.size is None or remote.checksum, "a size comes from where the checksum does"
        if remote.checksum:
            digits = {"sha256": 64, "md5": 32}[remote.checksum.algorithm]
            assert re.fullmatch(rf"[0-9a-f]{{{digits}}}", remote.checksum.digest)
            assert remote.checksum.by


def test_a_file_name_stands_for_one_address():
    addresses = {(remote.file, remote.url) for e in CATALOGUE.values() for remote in e.files}
    assert len({file for file, _ in addresses}) == len(addresses)


def test_the_published_sizes_fit_what_is_said():
    for entry in CATALOGUE.values():
        sizes = [remote.size for remote in entry.files if remote.size]
        if sizes:
            assert sum(sizes) / 1e9 == pytest.approx(entry.gigabytes, rel=0.02)


def test_the_page_in_data_is_that_of_the_catalogue():
    page = (ROOT / "data/README.md").read_text("utf-8")
    assert page == readme(), "run `make data-table`"


def test_what_lies_in_data_stays_out_of_git_but_the_pointers_do_not():
    def ignored(path: str) -> bool:
        return subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT).returncode == 0

    if not (ROOT / ".git").exists():
        pytest.skip("no Git here")
    for path in ("data/div2k/train/0001.png", "data/div2k.json", "data/.downloads/x.zip.part"):
        assert ignored(path)
    for path in ("data/README.md", "data/.gitignore", "data/div2k.dvc", "data/weights/.gitkeep"):
        assert not ignored(path)
