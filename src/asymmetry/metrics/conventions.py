"""Refusing tables that mix two conventions of one metric."""

import pandas as pd

from asymmetry.core.errors import UserError


def check_conventions(scores: pd.DataFrame, source: str) -> None:
    """UserError where the table has a metric in two conventions, which cannot be compared."""
    for metric, conventions in scores.groupby("metric", sort=False)["convention"].unique().items():
        if len(conventions) > 1:
            raise UserError(
                f"{source}: '{metric}' is there in two conventions ({conventions[0]} | "
                f"{conventions[1]}); delete the older tables and assess again"
            )
