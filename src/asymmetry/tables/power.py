"""The table of the power of a study, which no stage makes but a command that simulates.

It is a CSV: so it can be read, and kept in Git beside a preregistration. Imports no pandas until it
is read.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from asymmetry.core.errors import UserError
from asymmetry.core.files import write_atomically

if TYPE_CHECKING:
    import pandas as pd

FILE = "power.csv"
# Of a claim `id` and `regime` under a `truth`: the share of right verdicts in `studies` simulated
# ones on `images`, drawn by `seed`, with its 95 % interval, and the mean width of the claim's own
# intervals. `varied` says of what there are `number`, all else as in the study; it is `AS_PLANNED`
# where nothing is. `assumed` are the components of variance, in words.
_NUMBERS = ["number", "power", "low", "high", "width", "studies", "images", "seed"]
COLUMNS = ["id", "regime", "truth", "varied", *_NUMBERS, "assumed"]
AS_PLANNED = "as planned"


def power_path(results: Path) -> Path:
    """Where the table lies beside those of the stages."""
    return results / FILE


def no_power() -> "pd.DataFrame":
    """The table without rows."""
    import pandas as pd

    types = {column: float if column in _NUMBERS else object for column in COLUMNS}
    return pd.DataFrame({column: pd.Series(dtype=type_) for column, type_ in types.items()})


def load_power(results: Path) -> "pd.DataFrame":
    """The table in a folder, without rows where there is none.

    Raises UserError where it cannot be read, or has other columns or words for numbers.
    """
    import pandas as pd

    path = power_path(results)
    if not path.is_file():
        return no_power()
    again = "make it again with `asymmetry power --output`, or remove it"
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)  # a regime may be called NA
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise UserError(f"{path}: cannot be read as CSV ({reason}); {again}") from None
    if list(table.columns) != COLUMNS:
        raise UserError(f"{path}: its columns are not {', '.join(COLUMNS)}; {again}")
    for column in _NUMBERS:
        try:
            table[column] = pd.to_numeric(table[column]).astype(float)
        except ValueError:
            raise UserError(f"{path}: {column} has other words than numbers; {again}") from None
    return table


def write_power(table: "pd.DataFrame", results: Path) -> None:
    """Write the table into a folder."""
    write_atomically(power_path(results), table[COLUMNS].to_csv(index=False).encode())
