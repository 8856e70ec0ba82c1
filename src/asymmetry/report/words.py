"""Numbers as the page shows them."""

from typing import Any

import numpy as np
import pandas as pd


def number(value: Any, digits: int = 2) -> str:
    """A number: a real minus sign, a dash where there is none."""
    if value is None or not isinstance(value, int | float | np.number) or not np.isfinite(value):
        return "–"
    return f"{value:.{digits}f}".replace("-", "−")


def interval(low: Any, high: Any) -> str:
    """A 95 % interval, or that there is none."""
    ends = number(low), number(high)
    return "no interval" if "–" in ends else f"95 %: {ends[0]} to {ends[1]}"


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as mappings, with None for all that is absent."""
    plain = table.astype(object).where(table.notna(), None)
    return [
        {str(column): value for column, value in row.items()} for row in plain.to_dict("records")
    ]
