import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from asymmetry.datasets.catalogue import CATALOGUE, find
from asymmetry.datasets.entry import DataSet, Remote
from asymmetry.datasets.table import listing, readme
from tests.conftest import ROOT
from tests.data.iqa_sets.published.replicas import REPLICAS, replica

WANTED = (
    "div2k flickr2k lsdir set5 set14 bsd100 urban100 manga109 realsr kadid10k tid2013 live csiq "
    "pipal koniq10k spaq live_challenge flive agiqa3k tqd bapps"
)


def remotes(entry: DataSet) -> list[Remote]:
    return [*entry.by_hand, *(remote for way in entry.ways for remote in way)]


def test_all_sets_are_there():
    assert list(CATALOGUE) == WANTED.split()
    assert all(find(name) is entry for name, entry in CATALOGUE.items())


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_an_entry_is_well_formed(entry: DataSet):
    assert entry.images > 0
    assert entry.gigabytes is None or entry.gigabytes > 0
    assert entry.ways or entry.ask
    assert re.fullmatch(r"(by text|fetched) \d{4}-\d{2}", entry.checked)
    for text in (entry.title, entry.what, entry.licence, entry.used_for):
        assert text
        assert not set(text) & set("|\n")
    for address in (entry.source, *(remote.url for remote in remotes(entry))):
        assert urlsplit(address).scheme in ("http", "https")
        assert urlsplit(address).hostname
    for remote in remotes(entry):
        assert re.fullmatch(r"[\w.()-]+\.(zip|tar|tgz|tar\.gz|rar|xlsx|csv)", remote.file)
        assert remote.url.startswith("https://") or remote.checksum, "http is safe with a checksum"
        assert remote.size is None or remote.checksum, "a size comes from where the checksum does"
        if remote.checksum:
            digits = {"sha256": 64, "md5": 32}[remote.checksum.algorithm]
            assert re.fullmatch(rf"[0-9a-f]{{{digits}}}", remote.checksum.digest)
            assert remote.checksum.by


def test_a_file_name_stands_for_one_content():
    files: dict[str, object] = {}
    for entry in CATALOGUE.values():
        for remote in remotes(entry):
            content = remote.checksum or remote.url
            assert files.setdefault(remote.file, content) == content


def test_the_published_sizes_fit_what_is_said():
    for entry in CATALOGUE.values():
        for way in entry.ways:
            sizes = [remote.size for remote in way if remote.size]
            if sizes:
                # Compressed, or not at all: photos are compressed already.
                assert 0.5 < sum(sizes) / 1e9 / entry.gigabytes < 1.1


def test_a_layout_is_what_the_loader_looks_for(tmp_path: Path):
    for kind in REPLICAS:
        root = replica(kind, tmp_path)
        entry = find(kind)
        files = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
        assert entry.missing(files) == []
        assert entry.missing([]) == [wanted.replace("|", " or ") for wanted in entry.layout] != []


def test_the_page_in_data_is_that_of_the_catalogue():
    page = (ROOT / "data/README.md").read_text("utf-8")
    assert page == readme(), "run `make data-table`"


def test_the_list_says_how_and_when_an_entry_was_checked(workplace: Path):
    columns = {column.header: list(column.cells) for column in listing().columns}
    assert set(columns["checked"]) == {"by text 2026-11"}
    assert len(columns["checked"]) == len(CATALOGUE)
    rows = dict(zip(columns["name"], columns["how"], strict=True))
    assert rows["kadid10k"] == "fetched, 2 addresses, 2 with published checksum"
    assert rows["csiq"] == "fetched, 2 addresses, none with published checksum"
    assert rows["manga109"] == "--from"
    images = dict(zip(columns["name"], columns["images"], strict=True))
    assert (images["lsdir"], images["set5"]) == ("about 86,991", "5")


def test_what_lies_in_data_stays_out_of_git_but_the_pointers_do_not():
    def ignored(path: str) -> bool:
        return subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT).returncode == 0

    if not (ROOT / ".git").exists():
        pytest.skip("no Git here")
    for path in ("data/div2k/train/0001.png", "data/div2k.json", "data/.downloads/x.zip.part"):
        assert ignored(path)
    for path in ("data/README.md", "data/.gitignore", "data/div2k.dvc", "data/weights/.gitkeep"):
        assert not ignored(path)
