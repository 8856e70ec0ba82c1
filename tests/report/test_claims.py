import pandas as pd

from asymmetry.report.claims import answers, error_rates
from tests.conftest import ROOT


def test_answers_count_where_settings_disagree():
    rows = [("supported", 7), ("undecided", 3), ("supported", 7)]
    claims = pd.DataFrame(rows, columns=["verdict", "n"])
    (answer,) = answers(claims.assign(id="H1", claim="It is so", regime="with adversary"))
    assert answer["verdict"] == "supported in 2 of 3, undecided in 1 of 3"
    assert (answer["state"], answer["losses"], answer["few"]) == ("undecided", "3 to 7", False)


def test_error_rates_are_those_of_the_claims_that_are_there():
    """By hand from the page that `asymmetry simulate` writes."""
    claims = pd.DataFrame({"id": ["H5", "H3", "H9"]})
    rows = {row["id"]: row for row in error_rates(claims)}
    assert list(rows) == ["H3", "H5"]  # H9 was not tried
    lines = (ROOT / "docs/error-rates.md").read_text().splitlines()
    for name, row in rows.items():
        (line,) = [one for one in lines if one.startswith(f"| {name} |")]
        truths, wrong, equal, covered = [cell.strip() for cell in line.split("|")[2:6]]
        assert (str(row["truths"]), f"{row['wrong']:.1%}") == (truths, wrong)
        assert f"{row['least']:.1%} to {row['most']:.1%}" == covered
        assert (row["equal"] is None) == (equal == "–")
        assert "3 seeds" in row["design"]
