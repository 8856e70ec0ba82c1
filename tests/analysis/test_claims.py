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
    headings = re.findall(r"^## (H\d+b?): (.+)$", text, re.MULTILINE)
    assert headings == [(module.ID, module.CLAIM) for module in load_hypotheses()]
    assert "19 of 21 cells done, 1 diverged, 1 missing" in text
    assert "Source: P (the paper's own abstract)" in text
    assert "power: to contradict, at a true |rho| of 0.7" in text


def test_all_claims_stand_in_one_table_first(tmp_path):
    text, tables = text_of(tmp_path)
    overview = text[: text.index("## Axes")]
    lines = [line for line in overview.splitlines() if re.match(r"\| H\d", line)]
    assert len(lines) == len(tables.hypotheses)
    decidable = [line.rsplit("|", 2)[1].strip() for line in lines]
    designs = tables.hypotheses["verdict"] == "this design cannot decide it"
    assert decidable == ["no" if lacking else "yes" for lacking in designs]


def test_the_axes_say_how_reliable_they_are(tmp_path):
    text, tables = text_of(tmp_path)
    assert tables.reliability["axis"].tolist() == ["distortion", "perception"]
    row = next(line for line in text.splitlines() if "| vsi gmsd |" in line)
    alpha = tables.reliability["alpha"].iloc[0]
    assert alpha > 0.9
    assert f"| {alpha:.2f} |" in row


def test_every_row_of_the_table_is_a_row_of_the_text(tmp_path):
    text, tables = text_of(tmp_path)
    details = text[text.index("## H1:") :]
    rows = [line for line in details.splitlines() if line.startswith("| ")]
    header = [line for line in rows if line.startswith("| where")]
    assert len(rows) - len(header) == len(tables.hypotheses)
    assert len({line.replace(r"\|", "").count("|") for line in rows}) == 1
    first = next(line for line in rows if "without adversary" in line)
    assert "| 0.50 | none | 1.000 | 3 | 0.00 | this design cannot decide it |" in first
    assert "0.50 to 0.50 without one of 2, no sign changes" in first


def test_a_bar_in_a_name_does_not_break_the_table():
    (module, *_) = load_hypotheses()
    row = {"id": "H1", "claim": "", "task": "a|b", "generator": "c", "set": "d", "axis": "all"}
    row |= {
        "regime": "e",
        "statistic": "f",
        "value": 0.123,
        "low": -1.0,
        "high": 1.0,
        "p": 0.5,
        "n": 3,
    }
    row |= {"power": float("nan"), "verdict": "undecided", "coverage": "", "note": "few"}
    robustness = pd.DataFrame(columns=["id", "task", "generator", "set", "axis", "regime", "value"])
    robustness = robustness.assign(left_out_kind=[], agrees=[])
    axes = pd.DataFrame(columns=["task"])
    text = claims_text(
        [module], pd.DataFrame([row]), robustness, axes, "no cells yet", "no raters yet"
    )
    line = r"| a\|b · c · d | e | f | 0.12 | -1.00 to 1.00 | 0.500 | 3 | – | undecided | – |"
    assert line in text
