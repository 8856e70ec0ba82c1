import re

import pandas as pd

from asymmetry.analysis.claims import claims_text
from asymmetry.analysis.hypotheses.registry import load_hypotheses
from tests.synthetic_tables import analysed_study


def text_of(folder):
    _, tables = analysed_study(folder)
    return (folder / "claims.md").read_text(), tables


def test_the_claims_stand_in_order_with_source_and_coverage(tmp_path):
    text, _ = text_of(tmp_path)
    headings = re.findall(r"^## (H\d+): (.+)$", text, re.MULTILINE)
    assert headings == [(module.ID, module.CLAIM) for module in load_hypotheses()]
    assert "19 of 21 cells done, 1 diverged, 1 missing" in text
    assert "Source: P (the paper's own abstract)" in text
    assert "power: at a true |rho| of 0.7" in text


def test_every_row_of_the_table_is_a_row_of_the_text(tmp_path):
    text, tables = text_of(tmp_path)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    header = [line for line in rows if line.startswith("| where")]
    assert len(rows) - len(header) == len(tables.hypotheses)
    assert len({line.replace(r"\|", "").count("|") for line in rows}) == 1
    first = next(line for line in rows if "without adversary" in line)
    assert "| 0.50 | none | 1.000 | 3 | 0.00 | undecided |" in first
    assert "4 of 4 without a judge" in first


def test_a_bar_in_a_name_does_not_break_the_table():
    (module, *_) = load_hypotheses()
    row = {"id": "H1", "claim": "", "task": "a|b", "generator": "c", "set": "d", "regime": "e"}
    row |= {"statistic": "f", "value": 0.123, "low": -1.0, "high": 1.0, "p": 0.5, "n": 3}
    row |= {"power": float("nan"), "verdict": "undecided", "coverage": "", "note": "few"}
    robustness = pd.DataFrame(columns=["id", "task", "generator", "set", "regime"])
    robustness = robustness.assign(left_out_kind=[], agrees=[])
    text = claims_text([module], pd.DataFrame([row]), robustness, "no cells yet", "no raters yet")
    line = r"| a\|b · c · d | e | f | 0.12 | -1.00 to 1.00 | 0.500 | 3 | – | undecided | – |"
    assert line in text
