import pandas as pd
import pytest

from asymmetry.report.answer import answer

PLACE = {"id": "H1", "task": "x4", "generator": "tiny", "set": "own", "axis": "distortion"}


def claims(*rows: tuple[str, str, str, float, float | None, float | None]) -> pd.DataFrame:
    names = ["axis", "regime", "verdict", "value", "low", "high"]
    return pd.DataFrame([PLACE | {"n": 7} | dict(zip(names, row, strict=True)) for row in rows])


def test_of_several_places_the_decided_one_comes_first_with_its_interval():
    found = answer(
        claims(
            ("distortion", "with adversary", "undecided", 0.1, -0.01, 0.2),
            ("perception", "without adversary", "supported", -0.7, -1.0, 0.33),
            ("perception", "with adversary", "undecided", 0.2, -0.6, 0.8),
        )
    )
    assert found.word == "Mixed"
    assert found.rest == (
        "no without adversary (perception): over 7 losses, skill as a metric and effect as a loss "
        "correlate by ρ = −0.70 (95 %: −1.00 to 0.33); elsewhere undecided in 2."
    )


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        ("contradicted", "Yes"),
        ("undecided", "Undecided"),
        ("this design cannot decide it", "This design cannot tell"),
        ("a verdict of tomorrow", "A verdict of tomorrow"),
    ],
)
def test_the_first_word_is_the_verdict_on_the_question(verdict, word):
    found = answer(claims(("distortion", "with adversary", verdict, 0.5, None, None)))
    assert found.word == word
    assert found.rest.startswith("with adversary: over 7 losses")  # one place needs no name
    assert found.rest.endswith("ρ = 0.50 (no interval).")


def test_the_primary_set_is_told_whatever_others_say():
    own = claims(("distortion", "with adversary", "undecided", 0.1, -0.9, 0.9))
    other = claims(("distortion", "with adversary", "supported", -0.7, -0.9, -0.5)).assign(set="b")
    both = pd.concat([other, own], ignore_index=True)
    assert answer(both).word == "Mixed"
    found = answer(both, "own")
    assert found.word == "Undecided"
    assert found.rest.startswith("with adversary (own): over 7 losses")
    assert found.rest.endswith("; on other sets no in 1.")


def test_of_the_undecided_the_best_known_is_told():
    found = answer(
        claims(
            ("distortion", "with adversary", "undecided", 0.1, None, None),
            ("perception", "with adversary", "undecided", 0.2, -0.1, 0.4),
        )
    )
    assert "(perception)" in found.rest


def test_where_judges_disagree_nothing_is_told_while_another_place_is_undecided():
    found = answer(
        claims(
            ("distortion", "with adversary", "undecided", 0.1, -0.9, 0.9),
            ("perception", "with adversary", "no verdict", 0.8, 0.7, 0.9),
        )
    )
    assert found.word == "Undecided"
    assert found.rest.startswith("with adversary (distortion)")
    assert found.rest.endswith("elsewhere no verdict in 1.")


def test_where_all_agree_the_answer_is_theirs():
    found = answer(
        claims(
            ("distortion", "with adversary", "supported", -0.4, -0.9, 0.1),
            ("perception", "with adversary", "supported", -0.1, -0.4, 0.2),
        )
    )
    assert found.word == "No"
    assert found.rest.startswith("with adversary (perception): over 7 losses")
    assert found.rest.endswith("; elsewhere no in 1.")


def test_without_the_claim_there_is_no_answer():
    assert answer(claims().reindex(columns=[*PLACE, "n"])) is None
