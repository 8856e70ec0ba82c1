from hashlib import sha256

import numpy as np
import pytest
import torch
from PIL import Image

from asymmetry.core.errors import UserError
from asymmetry.data.crops import TrainingCrops
from asymmetry.data.images import read_rgb, to_tensor
from asymmetry.data.photos import Photo
from asymmetry.imaging.resize import imresize
from asymmetry.study import Task

BICUBIC, BLIND = Task(degradation="bicubic"), Task(degradation="blind")
SIZES = [(70, 90), (64, 64), (201, 100)]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Photos that a pixel tells apart: the red of each is constant, the rest is random."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    return [saved(folder / f"{red}.png", rng, red, size) for red, size in enumerate(SIZES)]


def saved(path, rng, red, size):
    rgb = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
    rgb[..., 0] = red
    Image.fromarray(rgb).save(path)
    digest = sha256(path.read_bytes()).hexdigest()
    return Photo(path.stem, path, digest, size[1], size[0], digest, "train", "unknown")


def crops(photos, task=BICUBIC, *, crop=32, batch=4, seed=0, reduce=1):
    return TrainingCrops(photos, task, crop, batch, seed, reduce)


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("task", [BICUBIC, BLIND], ids=["bicubic", "blind"])
def test_a_batch_is_a_function_of_seed_and_step(photos, task):
    first = crops(photos, task)
    batches = [first.batch(step) for step in range(3)]
    low, reference = batches[0]
    assert low.shape == (4, 3, 8, 8)
    assert reference.shape == (4, 3, 32, 32)
    assert low.dtype == reference.dtype == torch.float32
    assert 0 <= low.min() <= low.max() <= 1
    assert same(batches[2], crops(photos, task).batch(2))
    assert not same(batches[1], batches[2])
    assert not same(batches[0], crops(photos, task, seed=1).batch(0))


def test_samples_of_a_batch_differ_and_do_not_know_the_batch_size(photos):
    _, four = crops(photos).batch(5)
    _, two = crops(photos, batch=2).batch(5)
    assert torch.equal(four[:2], two)
    assert len({sample.numpy().tobytes() for sample in four}) == 4


def test_tasks_of_one_seed_see_the_same_references(photos):
    assert torch.equal(crops(photos).batch(7)[1], crops(photos, BLIND).batch(7)[1])


def test_all_photos_are_used_equally_often(photos):
    _, reference = crops(photos, batch=300).batch(0)
    counts = torch.bincount((reference[:, 0, 0, 0] * 255).round().long())
    assert counts.shape == (3,)
    assert counts.min() > 70


def orientations(square):
    for turns in range(4):
        turned = np.rot90(square, turns)
        yield turned
        yield turned[:, ::-1]


def test_crops_are_cut_on_the_grid_in_all_eight_orientations(photos):
    """Each reference stands in its photo, each input in the photo reduced as a whole."""
    wholes = [read_rgb(photo.path) for photo in photos]
    wholes = [rgb[: rgb.shape[0] // 4 * 4, : rgb.shape[1] // 4 * 4] for rgb in wholes]
    whole = wholes[1]
    low_whole = (imresize(to_tensor(whole) * 255, 0.25) + 0.5).floor().clamp(0, 255) / 255
    places = {}
    for top in range(0, 64 - 31, 4):
        for left in range(0, 64 - 31, 4):
            square = whole[top : top + 32, left : left + 32]
            low = low_whole[0, :, top // 4 : top // 4 + 8, left // 4 : left // 4 + 8]
            pairs = zip(
                orientations(square), orientations(low.permute(1, 2, 0).numpy()), strict=True
            )
            for index, (reference, reduced) in enumerate(pairs):
                places[reference.tobytes()] = (top, left, index, reduced)
    low, reference = crops(photos, batch=400).batch(0)
    seen = set()
    for one, other in zip(low, reference, strict=True):
        pixels = (other * 255).round().byte().permute(1, 2, 0).numpy()
        if pixels[0, 0, 0] == 1:
            top, left, index, reduced = places[np.ascontiguousarray(pixels).tobytes()]
            seen.add((top, left, index))
            assert np.allclose(one.permute(1, 2, 0).numpy(), reduced, atol=1e-6)
    assert {index for *_, index in seen} == set(range(8))
    assert {top for top, *_ in seen} == {left for _, left, _ in seen} == set(range(0, 33, 4))


def test_a_crop_may_be_the_whole_photo(photos):
    assert crops(photos[1:2], crop=64).batch(0)[1].shape == (4, 3, 64, 64)


def test_a_photo_smaller_than_a_crop_is_named(photos):
    with pytest.raises(UserError, match=r"1.png: 64x64 pixels, but both sides must be 68 or more"):
        crops(photos, crop=68)
    with pytest.raises(UserError, match=r"0.png: 45x35 pixels, but both sides must be 40 or more"):
        crops(photos, crop=40, reduce=2)


def test_scale_one(photos):
    low, reference = crops(photos, Task(degradation="blind", scale=1)).batch(0)
    assert low.shape == reference.shape
    assert not torch.equal(low, reference)
