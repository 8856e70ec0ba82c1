import pandas as pd

from asymmetry.report.claims import answers


def test_answers_count_where_settings_disagree():
    rows = [("supported", 7), ("undecided", 3), ("supported", 7)]
    claims = pd.DataFrame(rows, columns=["verdict", "n"])
    (answer,) = answers(claims.assign(id="H1", claim="It is so", regime="with adversary"))
    assert answer["verdict"] == "supported in 2 of 3, undecided in 1 of 3"
    assert (answer["state"], answer["losses"], answer["few"]) == ("undecided", "3 to 7", False)
