from xml.etree import ElementTree

import pytest

from asymmetry.report.drawn import Interval, drawn


def shapes(intervals, among=()):
    root = ElementTree.fromstring(str(drawn(intervals, among)))
    return root, root.findall("g")


def test_places_share_an_axis_that_has_zero():
    first = Interval("distortion", "supported", 1.0, 0.5, 2.0, 0.75, 1.5)
    other = Interval("perception", "undecided", -1.0, -2.0, 0.0, None, None)
    root, (upper, lower) = shapes([first, other])
    zero = float(root.find("line").get("x1"))
    dots = [float(group.find("circle").get("cx")) for group in (upper, lower)]
    assert dots[0] - zero == pytest.approx(zero - dots[1], abs=0.2)
    band, line = upper.findall("line")
    assert (float(line.get("x2")) - zero) == pytest.approx(2 * (dots[0] - zero), abs=0.2)
    assert band.get("class") == "band"
    assert float(band.get("x1")) == pytest.approx(zero + 0.75 * (dots[0] - zero), abs=0.2)
    assert [group.get("class") for group in (upper, lower)] == ["supported", "undecided"]
    (alone,) = shapes([first], among=[first, other])[1]
    assert alone.find("circle").get("cx") == upper.find("circle").get("cx")
    assert "distortion: 1.00 (95 %: 0.50 to 2.00), supported; 0.75 to 1.50" in root.get(
        "aria-label"
    )


def test_a_value_without_an_interval_is_hollow():
    _, (group,) = shapes([Interval("all", "no verdict", 0.3, None, None, None, None)])
    assert group.find("circle").get("class") == "hollow"
    assert group.find("line") is None


def test_nothing_known_draws_nothing():
    assert drawn([Interval("all", "undecided", None, None, None, None, None)]) == ""


def test_names_are_escaped():
    text = drawn([Interval("<b>&", "undecided", 0.0, None, None, None, None)])
    assert "<b>" not in text
