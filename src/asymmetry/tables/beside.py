"""What lies beside the table of a job. Imports no torch: whoever collects the tables needs none."""

from pathlib import Path


def values_path(output: Path) -> Path:
    """The table of single values that lies beside a table of skill."""
    return output.with_name(f"{output.stem}-values.parquet")
