from datetime import date, datetime, time, timedelta

import pytest

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.rows import number


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3.5", 3.5),
        (" 3.5\t", 3.5),
        ("3.5\u00a0", 3.5),
        ("+3", 3),
        ("-.5", -0.5),
        ("7.", 7),
        ("1e-3", 0.001),
        ("2E+2", 200),
        ("007", 7),
        (4, 4),
        (0.25, 0.25),
    ],
)
def test_a_plain_number(value, expected):
    assert number(value, "mos", "a.csv:2") == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("3,5", "is the comma a decimal point"),
        ("-3,5", "is the comma a decimal point"),
        ("1,234", "is the comma a decimal point"),
        ("1.234,5", "is the comma a decimal point"),
        ("1,234,567.8", "is the comma a decimal point"),
        ("1_000", "without separators"),
        ("1 000", "without separators"),
        ("1\u00a0000", "without separators"),
        ("1'000", "without separators"),
        ("80%", "a percentage"),
        ("80 %", "a percentage"),
        ("３.５", "only the digits 0 to 9"),
        ("٣", "only the digits 0 to 9"),
        ("−3", "only the digits 0 to 9"),
        ("½", "only the digits 0 to 9"),
        ("nan", "not a number;"),
        ("NaN", "not a number;"),
        ("inf", "not a number;"),
        ("-Infinity", "not a number;"),
        ("1e999", "not a number;"),
        ("0x1F", "not a number;"),
        ("0b1", "not a number;"),
        ("1d3", "not a number;"),
        ("true", "not a number;"),
        ("good", "not a number;"),
        ("3.5 4", "not a number;"),
        ("1.2.3", "not a number;"),
        ("2024-03-05", "not a number;"),
        ("#N/A", "not a number;"),
        (True, "a truth value"),
        (datetime(2024, 3, 5), "a date or time"),
        (date(2024, 3, 5), "a date or time"),
        (time(3, 5), "a date or time"),
        (timedelta(hours=3), "a date or time"),
        (float("nan"), "not a number;"),
        (float("inf"), "not a number;"),
        (1 + 2j, "not a number;"),
        (["3"], "not a number;"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(value, reason):
    with pytest.raises(UserError) as error:
        number(value, "mos", "a.csv:2")
    message = str(error.value)
    assert message.startswith("a.csv:2: mos is '")
    assert "not a number" in message
    assert reason in message
    assert "\n" not in message


@pytest.mark.parametrize("value", ["", "  ", "\t", "\u00a0", None])
def test_a_blank(value):
    with pytest.raises(UserError, match=r"a\.csv:2: mos is blank, not a number; mend it"):
        number(value, "mos", "a.csv:2")
