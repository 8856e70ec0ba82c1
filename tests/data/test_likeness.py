from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from asymmetry.data.fingerprints import fingerprint
from asymmetry.data.likeness import NEAR, groups_of, like_pairs, near_pairs

hashes = st.integers(0, 2**64 - 1)


def picture(seed: int) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((96, 64), Image.Resampling.BICUBIC)


def ramp(first: float, last: float) -> Image.Image:
    """A soft picture that goes from one luminance above to another below: its hash is 0."""
    column = np.linspace(first, last, 64).round().astype(np.uint8)
    return Image.fromarray(np.broadcast_to(column[:, None, None], (64, 96, 3)).copy())


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def shown(image: Image.Image, content: bytes | None = None):
    rgb = np.array(image)
    return fingerprint(rgb.tobytes() if content is None else content, rgb)


VARIANTS = {
    "jpeg": lambda image: jpeg(image, 30),
    "half": lambda image: image.resize((48, 32)),
    "twice": lambda image: image.resize((192, 128)),
    "other sides": lambda image: image.resize((80, 80)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.3),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.4),
    "less contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.5),
    "grey": lambda image: image.convert("L").convert("RGB"),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_picture_and_its_variants_show_the_same(variant):
    for seed in range(3):
        image = picture(seed)
        assert like_pairs([shown(image), shown(VARIANTS[variant](image))]) == [(0, 1)]


UNLIKE = {
    "another picture": (picture(1), picture(2)),
    "a flip": (picture(1), picture(1).transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    "flat ones": (Image.new("RGB", (96, 64), "white"), Image.new("RGB", (96, 64), "black")),
    "a flat one and a soft one": (Image.new("RGB", (96, 64), "white"), ramp(0, 255)),
    "soft ones": (ramp(0, 255), ramp(255, 0)),
}


@pytest.mark.parametrize("name", UNLIKE)
def test_other_pictures_are_unlike(name):
    assert like_pairs([shown(image) for image in UNLIKE[name]]) == []


def test_soft_pictures_of_equal_hashes_are_told_apart():
    """A hill and a valley: the hash sees rows alone, and no row has a step."""
    hill = np.concatenate([np.array(ramp(0, 200))[::2], np.array(ramp(200, 0))[::2]])
    valley = 200 - hill
    prints = [shown(Image.fromarray(pixels)) for pixels in (hill, valley)]
    assert prints[0].dhash == prints[1].dhash == 0
    assert like_pairs(prints) == []


def test_equal_bytes_are_alike_though_flat():
    flat = Image.new("RGB", (8, 8))
    assert like_pairs([shown(flat, b"a"), shown(flat, b"b"), shown(flat, b"a")]) == [(0, 2)]


def test_pairs_are_those_of_a_plain_double_loop():
    images = [picture(seed) for seed in range(12)]
    images += [jpeg(image, 20) for image in images[:6]]
    images += [ImageEnhance.Brightness(image).enhance(0.5) for image in images[3:9]]
    prints = [shown(image) for image in images]

    def steps(one):
        square = np.frombuffer(bytes.fromhex(one.means), np.uint8).astype(float).reshape(16, 16)
        right = [square[y, x + 1] - square[y, x] for y in range(16) for x in range(15)]
        return right + [square[y + 1, x] - square[y, x] for y in range(15) for x in range(16)]

    def cosine(one, other):
        return np.dot(one, other) / np.sqrt(np.dot(one, one) * np.dot(other, other))

    expected = [
        (i, j)
        for i, j in combinations(range(len(prints)), 2)
        if bin(prints[i].dhash ^ prints[j].dhash).count("1") <= 6
        and cosine(steps(prints[i]), steps(prints[j])) >= 0.5
    ]
    assert len(expected) >= 12
    assert like_pairs(prints) == expected


def test_groups_are_transitive_and_know_no_order():
    image = picture(5)
    images = [image, picture(6), jpeg(image, 30), ImageEnhance.Brightness(image).enhance(0.5)]
    groups = groups_of([shown(one) for one in images])
    assert groups[0] == groups[2] == groups[3] != groups[1]
    backwards = groups_of([shown(one) for one in reversed(images)])[::-1]
    assert backwards[0] == backwards[2] == backwards[3] != backwards[1]
    assert groups_of([]) == []


def test_scenes_of_biq2021(shared, workplace):
    """Looked at by eye: all 25 groups of two to four images show one scene each."""
    from asymmetry.data.fingerprints import fingerprints

    groups = groups_of(fingerprints(sorted((shared / "data/biq2021/Images").iterdir())))
    sizes = [groups.count(group) for group in set(groups)]
    assert sorted(size for size in sizes if size > 1) == [2] * 21 + [3] * 3 + [4]


@given(st.lists(hashes, max_size=8), st.data())
def test_near_pairs_are_those_of_all_comparisons(values, data):
    """Against the plain double loop, on values of which many are near."""
    flips = st.sets(st.integers(0, 63), max_size=2 * NEAR)
    near = [value ^ sum(1 << bit for bit in data.draw(flips)) for value in values]
    every = sorted({*values, *near})
    expected = {
        (one, other)
        for one in every
        for other in every
        if one < other and bin(one ^ other).count("1") <= NEAR
    }
    assert near_pairs(every) == expected


def test_groups_follow_keys_and_likeness_transitively():
    pictures = [picture(1), jpeg(picture(1), 30), picture(2), picture(3), picture(4)]
    prints = [shown(image) for image in pictures]
    assert groups_of(prints) == [0, 0, 2, 3, 4]
    assert groups_of(prints, [{"a"}, {"b"}, {"b"}, {"c"}, {"d", "c"}]) == [0, 0, 0, 3, 3]


@given(st.permutations(range(6)))
def test_groups_know_no_order(order):
    pictures = [picture(1), picture(2), jpeg(picture(1), 30), picture(3), picture(3), picture(2)]
    prints, keys = [shown(image) for image in pictures], [{k} for k in "abcdea"]

    def partition(places):
        roots = groups_of([prints[p] for p in places], [keys[p] for p in places])
        return {
            frozenset(p for p, r in zip(places, roots, strict=True) if r == root) for root in roots
        }

    assert partition(order) == partition(range(6))
