from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.images import IqaImage, IqaImages
from asymmetry.iqa.calibration.split import fitting_contents, fitting_images, unfitted_images
from asymmetry.study import Calibration, parse_study
from tests.scored_set import calibrated_values


def images_of(groups: Iterable[str], held_out: frozenset[str] = frozenset()) -> IqaImages:
    def image(number: int, group: str) -> IqaImage:
        kept = group in held_out if held_out else None
        return IqaImage(f"i{number}", group, "", 1.0, lambda: np.zeros((1, 1, 3)), None, kept)

    return IqaImages("mine", "scores", tuple(image(*pair) for pair in enumerate(groups)))


groups = st.lists(st.integers(0, 11).map(str), min_size=12, max_size=60).filter(
    lambda found: len(set(found)) >= 8
)


@given(groups, st.floats(0.3, 0.7), st.integers(0, 99))
def test_no_content_is_on_both_sides_and_none_is_lost(found: list[str], train: float, seed: int):
    section, images = Calibration(set="mine", train=train, seed=seed), images_of(found)
    study = parse_study(
        calibrated_values() | {"calibration": section.model_dump(mode="json")}, "test"
    )
    fit, rest = fitting_images(section, images).images, unfitted_images(study, images).images
    assert not {one.group for one in fit} & {one.group for one in rest}
    assert sorted([*fit, *rest], key=lambda one: int(one.name[1:])) == list(images.images)
    assert len({one.group for one in fit}) == round(train * len(set(found)))


def test_the_draw_depends_on_the_seed_and_not_on_the_order():
    names = [str(number) for number in range(12)]
    draws = [
        fitting_contents(Calibration(set="mine", seed=seed), images_of(order))
        for seed, order in ((0, names), (0, names[::-1]), (1, names))
    ]
    assert draws[0] == draws[1] != draws[2]


def test_what_the_set_keeps_for_its_own_test_fits_nothing():
    kept = frozenset("ab")
    for seed in range(20):
        section = Calibration(set="mine", train=0.9, seed=seed)
        assert not fitting_contents(section, images_of("abcdefg", kept)) & kept


@pytest.mark.parametrize(("train", "said"), [(0.1, "fits on 1"), (0.9, "measures on 1")])
def test_a_share_that_leaves_too_few_is_one_line(train: float, said: str):
    with pytest.raises(UserError, match=rf"calibration.train: {train} of 8 contents .*{said}"):
        fitting_contents(Calibration(set="mine", train=train), images_of("abcdefgh"))


def test_other_sets_are_whole():
    study = parse_study(calibrated_values(), "test")
    other = IqaImages("severity", "severity", images_of("abcdef").images)
    assert unfitted_images(study, other) == other
    without = calibrated_values() | {"calibration": None}
    without["grid"] = without["grid"] | {"fidelity": ["l1"]}
    images = images_of("abcdef")
    assert unfitted_images(parse_study(without, "test"), images) == images
