import pytest

from asymmetry.data.restored import matched_names, size_problem


@pytest.mark.parametrize(
    ("references", "found", "matched"),
    [
        (["a", "b"], ["a", "b"], {"a": "a", "b": "b"}),
        (["a", "b"], ["a_x4", "b_x4"], {"a": "a_x4", "b": "b_x4"}),
        (["a", "b"], ["b_SwinIR"], {"b": "b_SwinIR"}),
        # What most names share: one left-over name without the ending is another image.
        (["a", "b", "c"], ["a", "b_out", "c_out"], {"b": "b_out", "c": "c_out"}),
        # The reference `1` is not the image of `10` or `12`.
        (["1", "10", "12"], ["10", "12"], {"10": "10", "12": "12"}),
        (["1", "2"], ["12", "25"], {}),
        (["1", "10", "2", "20"], ["10_x4", "20_x4"], {"10": "10_x4", "20": "20_x4"}),
        (["0801"], ["0801x4_EDSR"], {"0801": "0801x4_EDSR"}),
        (["in/a", "in/b"], ["in/a_x4", "b_x4"], {"in/a": "in/a_x4"}),
        (["a"], ["a/b"], {}),
        (["a"], ["x"], {}),
    ],
)
def test_names_match_with_one_common_ending(
    references: list[str], found: list[str], matched: dict[str, str]
):
    assert matched_names(references, found) == matched
    assert matched_names(references, found[::-1]) == matched


def test_a_size_is_that_of_the_reference_or_of_its_multiple():
    assert size_problem((481, 321), (481, 321), 4) is None
    assert size_problem((480, 320), (481, 321), 4) is None
    problem = size_problem((484, 324), (481, 321), 4)
    assert problem is not None
    assert "484x324" in problem
    assert "481x321, or 480x320 at scale 4" in problem
