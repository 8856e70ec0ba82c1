import pandas as pd
import pytest

from asymmetry.core.errors import UserError
from asymmetry.metrics.conventions import check_conventions


def test_two_conventions_of_one_metric_are_refused():
    scores = pd.DataFrame(
        {"metric": ["psnr", "gmsd", "psnr"], "convention": ["rgb", "grey", "rgb, no crop"]}
    )
    with pytest.raises(UserError, match=r"all\.parquet: 'psnr' .* \(rgb \| rgb, no crop\)"):
        check_conventions(scores, "all.parquet")
    check_conventions(scores[:2], "all.parquet")
