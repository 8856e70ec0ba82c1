from typing import Any

import pytest

from bench.compare import Aim, Sample, measurement
from bench.results import merge_part, read_results
from bench.table import BEGIN, END, PAGE, number, put_between, render


def part(gpu: str | None = None) -> dict[str, Any]:
    machine = {
        "date": "2026-01-02",
        "commit": "0123456789abcdef-dirty",
        "cpu": "A processor",
        "cores": 2,
        "memory_gb": 24,
        "gpu": gpu,
        "python": "3.11.7",
        "versions": {"torch": "2.13.0"},
    }
    ours, theirs = [Sample(1500, 900), Sample(1501, 1000)], [Sample(1000, 2000)]
    row = measurement("cells", "1/h", ours, theirs, aim=Aim("ratio", 2), note="as it is")
    return {"machine": machine, "notes": ["Two sides."], "rows": [row]}


def test_the_page_shows_the_committed_results():
    text = PAGE.read_text("utf-8")
    assert put_between(text, render(read_results())) == text, "run `python -m bench.table`"


def test_a_row_in_words():
    lines = render({"training": part()}).splitlines()
    assert lines[0] == (
        "A processor, 2 cores, 24 GB, no GPU; Python 3.11.7, torch 2.13.0; "
        "2026-01-02, commit 01234567 with changes:"
    )
    assert lines[4] == (
        "| cells | 1,500 1/h (1,500 to 1,500) | 1,000 (1,000 to 1,000) | 1.50 x "
        "| 2 x, **missed** | 1,000 / 2,000 |"
    )
    assert lines[6:8] == ["- Two sides.", "- cells: as it is"]


def test_parts_of_one_machine_share_a_table():
    results = {"data": part(), "training": part(), "gpu": part("A card")}
    table = render(results)
    assert table.count("| what |") == 2
    assert table.count("| cells |") == 3
    assert ", A card;" in table


def test_nothing_measured_is_said():
    assert "Not measured yet" in render({})


def test_the_table_goes_between_its_markers():
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert put_between(text, "new\n") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    with pytest.raises(ValueError, match="must be there once"):
        put_between("no markers", "new\n")


NUMBERS = {
    0: "0",
    0.01234: "0.0123",
    0.5: "0.5",
    1.234: "1.23",
    99.96: "100",
    123.4: "123",
    1234: "1,230",
    98765.4: "98,800",
}


@pytest.mark.parametrize(("value", "text"), NUMBERS.items())
def test_numbers_have_three_digits(value: float, text: str):
    assert number(value) == text


def test_a_part_measured_anew_leaves_the_others(tmp_path):
    path = tmp_path / "results.json"
    merge_part(path, "data", {"rows": [1]})
    merge_part(path, "gpu", {"rows": [2]})
    merge_part(path, "data", {"rows": [3]})
    assert read_results(path) == {"data": {"rows": [3]}, "gpu": {"rows": [2]}}
