import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asymmetry.artifacts.differences import ABSENT, Difference, differences, is_code

SETTINGS = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda inner: st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


def test_fields_are_named_from_the_outside_in():
    before = {"training": {"steps": 5, "betas": (0.9, 0.99)}, "weights": {}}
    after = {"training": {"steps": 6, "betas": [0.9, 0.99]}, "weights": {"vgg": "1a"}}
    assert differences(before, after) == [
        Difference("training.steps", 5, 6),
        Difference("weights", {}, ABSENT),
        Difference("weights.vgg", ABSENT, "1a"),
    ]


@settings(deadline=None)
@given(SETTINGS, SETTINGS)
def test_there_is_one_exactly_where_settings_differ(one: dict[str, Any], other: dict[str, Any]):
    assert bool(differences(one, other)) == (
        json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True)
    )
    assert [d.field for d in differences(one, other)] == [d.field for d in differences(other, one)]


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("code", True),
        ("backbones.vgg-small.builder", True),
        ("metrics.gmsd.measure", True),
        ("calibration.code", True),
        ("calibration.architecture.builder", True),
        ("backbones.vgg-small.mean", False),
        ("metrics.gmsd.rounded", False),
        ("calibration.train", False),
        ("training.learning_rate", False),
        ("warm_start", False),
    ],
)
def test_fields_that_stand_for_code_are_known(field: str, code: bool):
    assert is_code(field) == code
