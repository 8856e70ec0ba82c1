import numpy as np

from asymmetry.report.marks import names_of, words_of_row


def test_a_cell_in_words():
    row = {"task": "x4", "axis": "distortion", "fidelity": "l1", "discriminator": "vgg-patch"}
    row |= {"adversarial_weight": 0.1, "value": -0.5, "low": -1.0, "high": 0.25, "status": "done"}
    assert (
        words_of_row(row)
        == "distortion, l1, vgg-patch, λ = 0.1: value −0.500 (95 %: −1.00 to 0.25)"
    )
    assert {"x4", "l1", "vgg-patch", "λ = 0.1", "0.1", "done"} <= set(names_of(row))


def test_what_is_missing_says_so():
    row = {"fidelity": "l1", "value": np.nan, "low": np.nan, "high": np.nan, "status": "diverged"}
    assert words_of_row(row) == "l1: diverged"
    assert words_of_row({"fidelity": "l1", "value": np.nan}) == "l1: no value"


def test_a_run_of_no_setting_is_named():
    row = {"run": "x4/bicubic", "distortion_metric": "psnr_y", "distortion": 28.4}
    assert words_of_row(row) == "x4/bicubic: psnr_y 28.400"
