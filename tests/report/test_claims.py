import pandas as pd

from asymmetry.report.claims import SIGNS, answers, claims, error_rates
from asymmetry.tables.schemas import VERDICTS
from tests.conftest import ROOT
from tests.synthetic_tables import analysed_study


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


def test_every_verdict_has_a_sign_of_its_own():
    assert set(SIGNS) == set(VERDICTS)
    assert len(set(SIGNS.values())) == len(VERDICTS)


def test_a_claim_says_what_its_places_share(tmp_path):
    _, tables = analysed_study(tmp_path)
    for claim in claims(tables):
        rows = claim["rows"]
        assert sum(count for _, count in claim["verdicts"]) == len(rows)
        decided = [row for row in rows if row["verdict"] != "this design cannot decide it"]
        expected = {0: "no", len(rows): "yes"}.get(len(decided), f"{len(decided)} of {len(rows)}")
        assert claim["decidable"] == expected
        known = [row["value"] for row in rows if row["value"] is not None]
        assert claim["drawn"].count("<circle") == len(known)
        assert (claim["value"] == "–") == (not known)
    held = tables.robustness[tables.robustness["id"] == "H9"]
    assert held.empty
    assert {claim["id"]: claim["held"] for claim in claims(tables)}["H9"] == "–"


def test_one_value_has_its_interval_and_several_have_their_ends(tmp_path):
    _, tables = analysed_study(tmp_path)
    rows = tables.hypotheses
    first = rows[rows["id"] == "H1"].index
    rows.loc[first, ["value", "low", "high"]] = [[0.5, 0.1, 0.9]] * len(first)
    rows.loc[first[0], "value"] = -0.25
    (claim, *_) = claims(tables)
    assert claim["value"] == "−0.25 to 0.50"
    rows.loc[first[1:], ["value", "low", "high"]] = float("nan")
    (claim, *_) = claims(tables)
    assert claim["value"] == "−0.25 (95 %: 0.10 to 0.90)"
