import json
import os

import numpy as np
import pytest
from PIL import Image

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.data import images
from asymmetry.data.fingerprints import CACHE, fingerprints

DARK, BRIGHT = 10, 200


@pytest.fixture
def halves(workplace):
    """A picture of 32 by 16, dark on the left and bright on the right, of long ago."""
    pixels = np.full((16, 32, 3), DARK, dtype=np.uint8)
    pixels[:, 16:] = BRIGHT
    path = workplace / "halves.png"
    Image.fromarray(pixels).save(path)
    os.utime(path, (1000, 1000))
    return path


@pytest.fixture
def decoded(monkeypatch):
    """The names of the files that are decoded."""
    seen, decode = [], images.decode_rgb

    def count(content, path, smallest=1):
        seen.append(path.name)
        return decode(content, path, smallest)

    monkeypatch.setattr(images, "decode_rgb", count)
    return seen


def test_a_fingerprint_by_hand(halves):
    [found] = fingerprints([halves])
    assert (found.width, found.height) == (32, 16)
    assert found.sha256 == sha256_of(halves)
    assert bytes.fromhex(found.means) == bytes([DARK] * 8 + [BRIGHT] * 8) * 16
    # Of nine columns the fifth is half bright: the fourth and the fifth are below their neighbours.
    assert found.dhash == int("18" * 8, 16)


def test_a_file_is_decoded_once_until_it_changes(halves, decoded):
    first = fingerprints([halves, halves])
    assert first[0] == first[1] == fingerprints([halves])[0]
    assert decoded == ["halves.png"]
    Image.new("RGB", (4, 4)).save(halves)
    os.utime(halves, (1000, 1000))
    assert fingerprints([halves]) != first[:1]
    assert decoded == ["halves.png"] * 2


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"%s": [1, 2]}', b'{"%s": 3}'])
def test_a_damaged_cache_is_made_again(halves, damage):
    first = fingerprints([halves])
    CACHE.write_bytes(damage.replace(b"%s", str(halves).encode()))
    assert fingerprints([halves]) == first


def test_an_entry_that_is_not_as_written_is_made_again(halves):
    first = fingerprints([halves])
    for change in ({"means": "00"}, {"width": "32"}, {"dhash": None}):
        cache = json.loads(CACHE.read_bytes())
        cache[str(halves)][1] |= change
        CACHE.write_text(json.dumps(cache))
        assert fingerprints([halves]) == first


def test_what_was_seen_before_a_bad_file_is_kept(halves, decoded, workplace):
    bad = workplace / "bad.png"
    bad.write_bytes(b"no picture")
    with pytest.raises(UserError, match=r"bad\.png: is not an image"):
        fingerprints([halves, bad])
    fingerprints([halves])
    assert decoded.count("halves.png") == 1
    with pytest.raises(UserError, match=r"absent\.png: cannot be read"):
        fingerprints([workplace / "absent.png"])
