"""Numbers of one metric that were made in two ways are never compared."""

import pandas as pd

from asymmetry.core.errors import UserError


def check_conventions(scores: pd.DataFrame, source: str) -> None:
    """UserError where a metric stands in the table in two conventions: they cannot be compared."""
    for metric, conventions in scores.groupby("metric", sort=False)["convention"].unique().items():
        if len(conventions) > 1:
            raise UserError(
                f"{source}: '{metric}' is there in two conventions ({conventions[0]} | "
                f"{conventions[1]}); delete the older tables and assess again"
            )
