import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.optimisability import GAIN, optimisability_of_losses
from asymmetry.tables.schemas import empty_table
from tests.synthetic_tables import make_optimisability

COLUMNS = ["fidelity", "image", "statistic", "value"]


def rows_of(table: pd.DataFrame, resamples: int = 200) -> pd.DataFrame:
    return optimisability_of_losses(table, resamples).set_index(["fidelity", "statistic"])


def test_the_gain_is_a_mean_over_starts_then_photos():
    """By hand: 2 and 6 dB of one photo, 10 of the other: (4 + 10) / 2."""
    recovered = {"a/b/jpeg": (30, 32), "a/b/white": (10, 16), "c/jpeg": (20, 30)}
    table = pd.DataFrame(
        [
            ("l1", image, statistic, value)
            for image, ends in recovered.items()
            for statistic, value in zip(["recovery_start", "recovery"], ends, strict=True)
        ],
        columns=COLUMNS,
    ).assign(status="ok")
    found = rows_of(table)
    assert found.loc[("l1", GAIN), "value"] == 7
    assert found.loc[("l1", GAIN), "images"] == 3
    assert found.loc[("l1", f"{GAIN}/jpeg"), "value"] == 6
    assert found.loc[("l1", f"{GAIN}/white"), "value"] == 6
    assert np.isnan(found.loc[("l1", f"{GAIN}/white"), "low"])  # one photo has no interval


def test_the_interval_is_that_of_a_mean():
    """Of many photos, the percentile interval is near mean +- 1.96 sd / sqrt(n)."""
    values = np.random.default_rng(0).normal(3, 2, 200)
    table = pd.DataFrame(
        [("l1", f"photo{n}", "gradient_snr", value) for n, value in enumerate(values)],
        columns=COLUMNS,
    ).assign(status="ok")
    row = rows_of(table, 2000).loc[("l1", "gradient_snr")]
    error = 1.96 * values.std() / np.sqrt(200)
    assert row["value"] == pytest.approx(values.mean())
    assert row["low"] == pytest.approx(values.mean() - error, abs=0.05)
    assert row["high"] == pytest.approx(values.mean() + error, abs=0.05)


def test_what_diverged_is_counted_and_left_out():
    table = make_optimisability()
    lost = (table["image"] == "photo1/jpeg") & (table["statistic"] == "recovery")
    table.loc[lost, ["value", "status"]] = [np.nan, "diverged"]
    found = rows_of(table)
    assert found.loc[("l1", GAIN), ["images", "absent"]].tolist() == [6, 1]
    assert found.loc[("l1", f"{GAIN}/white"), "absent"] == 0
    assert found.loc[("l1", GAIN), "value"] == pytest.approx(40, abs=2)


def test_shares_of_the_spectrum_still_sum_to_one():
    found = optimisability_of_losses(make_optimisability(), 50)
    shares = found[found["statistic"].str.startswith("spectrum")]
    assert shares.groupby("fidelity")["value"].sum().tolist() == pytest.approx([1, 1, 1])


def test_no_rows_are_no_rows():
    assert optimisability_of_losses(empty_table("optimisability"), 50).empty
