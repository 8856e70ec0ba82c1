from dataclasses import replace

from asymmetry.datasets.catalogue import find
from asymmetry.datasets.entry import BY_TEXT, DataSet, Remote, is_pinned, md5

TINY = DataSet("Tiny", "two images", 2, 0.001, "MIT", "https://a.test/", "tests", BY_TEXT)
PINNED = Remote("https://a.test/pinned.zip", md5("0" * 32, "a test"))
FREE = Remote("https://a.test/free.zip?download=true")


def test_ways_with_all_checksums_come_first_in_their_order():
    ways = ((FREE,), (PINNED, FREE), (PINNED,), (PINNED, PINNED))
    assert [is_pinned(way) for way in ways] == [False, False, True, True]
    ordered = replace(TINY, ways=ways).ordered_ways
    assert ordered == [(PINNED,), (PINNED, PINNED), (FREE,), (PINNED, FREE)]


def test_files_are_known_by_their_name_wherever_they_come_from():
    hand = Remote("https://a.test/drive?id=1", name="Hand(1).tar.gz")
    known = replace(TINY, ways=((FREE,), (PINNED,)), by_hand=(hand,)).known_files
    assert known == {"free.zip": FREE, "pinned.zip": PINNED, "Hand(1).tar.gz": hand}


def test_the_archives_of_the_host_that_is_gone_are_known_by_hand():
    for name in ("set5", "set14", "bsd100", "urban100"):
        assert find(name).known_files["benchmark.tar"].checksum.algorithm == "md5"
    assert find("flickr2k").known_files["Flickr2K.tar"].checksum.algorithm == "md5"


def test_a_layout_in_any_case_of_letters_and_below_any_folder():
    entry = replace(TINY, layout=("Scores 1.xlsx", "Big/*.jpg|small/*.jpg", "*.bmp"))
    assert entry.folders == {"big": "Big", "small": "small"}
    assert entry.missing(["a/SCORES 1.XLSX", "a/SMALL/deep/1.JPG", "1.bmp"]) == []
    assert entry.missing(["Big.jpg", "2.bmp.txt"]) == [
        "Scores 1.xlsx",
        "Big/*.jpg or small/*.jpg",
        "*.bmp",
    ]
    assert entry.is_part("scores 1.xlsx")
    assert not entry.is_part("scores 2.xlsx")
