from dataclasses import replace

import pytest

from asymmetry.figures import power
from asymmetry.report.marks import words_of_row
from tests.synthetic_tables import make_power


def drawn_of(analysed, table):
    study, tables = analysed
    return power.draw(power.numbers(replace(tables, power=table), study), study)


def points(axes):
    """Where the marks of an axes are."""
    lines = (one for one in axes.lines if one.get_linestyle() == "None")
    return [(one.get_xdata()[0], one.get_ydata()[0]) for one in lines if one.get_marker() != "_"]


def test_each_claim_has_its_powers_as_planned_and_in_larger_designs(analysed):
    planned, losses = drawn_of(analysed, make_power()).axes
    assert points(planned) == [(0, 0.5), (1, 0.25), (2, 0.95)]
    assert sorted(y for _, y in points(losses)) == [0.25, 0.5, 0.5, 0.7, 0.8, 0.9]
    assert [round(x) for x, _ in points(losses)] == [3, 6, 12] * 2
    assert losses.get_title() == "losses"
    (band,) = losses.patches  # the study has three losses
    assert band.get_x() < 3 < band.get_x() + band.get_width() < 6


def test_a_claim_that_is_never_decided_is_named_and_not_drawn(analysed):
    study, tables = analysed
    labels = [axes.get_ylabel() for axes in drawn_of(analysed, make_power()).axes]
    assert [label for label in labels if label] == ["H1\nwith adversary"]
    said = power.caption(tables, study)
    assert "Never decided, so not drawn: H16 (with adversary)." in said
    assert "40 simulated studies of each truth" in said


def test_without_a_search_there_is_the_plan_alone(analysed):
    table = make_power()
    figure = drawn_of(analysed, table[table["varied"] == "as planned"])
    assert [axes.get_title() for axes in figure.axes] == ["as planned"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [(slice(0, 0), "no power is simulated yet"), (slice(3, 6), "decides anything")],
)
def test_where_nothing_is_decided_it_says_so(analysed, rows, words):
    figure = drawn_of(analysed, make_power()[rows])
    assert not figure.axes
    assert words in figure.texts[0].get_text()


def test_a_mark_says_claim_design_truth_and_power(analysed):
    study, tables = analysed
    row = power.numbers(tables, study).iloc[-1]
    said = words_of_row(row)
    assert said == "H1, with adversary, opposite, 12 losses: power 0.800 (95 %: 0.70 to 0.90)"
