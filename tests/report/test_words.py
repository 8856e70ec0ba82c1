from asymmetry.report.words import interval, number


def test_numbers_have_a_minus_sign_and_a_dash_for_none():
    assert number(-0.5) == "−0.50"
    assert interval(-0.5, 1) == "95 %: −0.50 to 1.00"
    assert interval(None, None) == "no interval"
    assert number(None) == number(float("nan")) == "–"
