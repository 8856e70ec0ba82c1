"""The schemas of all tables: their columns, the types of these, and the words of a status.

A column of one name has one type in every table. Imports no pandas until a table is checked.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asymmetry.core.files import write_atomically

if TYPE_CHECKING:
    import pandas as pd

# The status of a run, and of the cells of a setting.
DONE, DIVERGED, MISSING = "done", "diverged", "missing"
COLLAPSED = "collapsed"  # all is finite, and out of every sensible range to the end
ENDED_BADLY = (DIVERGED, COLLAPSED)  # without models, and a result all the same
NOT_ASSESSED = "not assessed"  # of a setting: trained, and without a value
# The status of a value: NaN but for "ok". A value may be of a training that "diverged", too.
OK = "ok"
MISSING_WEIGHTS = "missing weights"
MISSING_IMAGE = "missing image"  # of a folder that was made elsewhere
NO_GRADIENT = "no gradient"
NO_REFERENCES = "no references"
_FAILED = "failed: "
# The verdict on a claim. Undecided: the data are too few or too noisy. Undecidable: no data of this
# design could decide it. No verdict: the judges of the axis do not agree. Descriptive: the error
# rate of a verdict is too high, or not known (docs/error-rates.md).
SUPPORTED, CONTRADICTED = "supported", "contradicted"
EQUAL = "practically equal"
UNDECIDED = "undecided"
UNDECIDABLE = "this design cannot decide it"
NO_VERDICT = "no verdict"
DESCRIPTIVE = "descriptive only"
VERDICTS = (
    SUPPORTED, CONTRADICTED, EQUAL, UNDECIDED, UNDECIDABLE, NO_VERDICT, DESCRIPTIVE,
)  # fmt: skip
DECIDED = (SUPPORTED, CONTRADICTED, EQUAL)

_SCORES = "run task set image metric convention value status"
_COLUMNS = {
    "runs": "run kind task generator fidelity discriminator backbone head initialisation frozen "
    "adversarial_weight seed status steps seconds device device_seconds mean_utilisation "
    "peak_memory_mb attempts parameters discriminator_parameters discriminator_trained_parameters "
    "receptive_field gradient_ratio diverged_at diverged_term collapsed_at collapsed_term "
    "auc_start auc_middle auc_end",
    "scores": _SCORES,
    "trajectories": f"step {_SCORES}",  # of the generators kept on the way
    "human": _SCORES,  # what people said: rows for the table `scores`
    "skill": "metric role set kind subset statistic value low high n status",
    "skill_values": "metric role set image group subset value score",  # behind `skill`
    "optimisability": "fidelity image statistic value status",
    "transfer": "run discriminator backbone head fidelity adversarial_weight seed initialisation "
    "mode reference set split part statistic value low high n status",
    "effect": "task generator set axis fidelity discriminator adversarial_weight value low high "
    "status planned done diverged collapsed images seeds judges runs",
    "asymmetry": "task generator set axis fidelity regime skill skill_low skill_high "
    "effect effect_low effect_high settings",
    "hypotheses": "id claim task generator set axis regime statistic value low high p n power "
    "verdict coverage note",
    "robustness": "id task generator set axis regime left_out_kind left_out value low high "
    "verdict agrees",
    "reliability": "task generator set axis judges settings alpha low high first_share "
    "effective note",
}
COLUMNS = {name: columns.split() for name, columns in _COLUMNS.items()}

# Every column that is not named here holds text.
_TYPES = {
    "number": "value low high p n power score split adversarial_weight seed skill skill_low "
    "skill_high effect effect_low effect_high settings planned done diverged collapsed images "
    "seeds step steps seconds device_seconds mean_utilisation peak_memory_mb attempts parameters "
    "discriminator_parameters discriminator_trained_parameters receptive_field gradient_ratio "
    "diverged_at collapsed_at auc_start auc_middle auc_end alpha first_share effective",
    "flag": "agrees frozen",
}
_TYPE_OF = {column: name for name, columns in _TYPES.items() for column in columns.split()}
# The kinds of values that each type allows, as pandas calls them.
_INFERRED = {
    "number": {"floating", "integer", "mixed-integer-float"},
    "flag": {"boolean"},
    "text": {"string"},
}


class SchemaError(TypeError):
    """A table has other columns than its schema, or a column of another type."""


def failed(reason: str) -> str:
    """The status of a value that could not be computed."""
    return f"{_FAILED}{reason}"


def check_table(table: "pd.DataFrame", name: str) -> None:
    """SchemaError, naming the table and the column, where a table is not as its schema says."""
    if problem := schema_problem(table, name):
        raise SchemaError(f"table `{name}`: {problem}")


def schema_problem(table: "pd.DataFrame", name: str) -> str | None:
    """What is wrong with the columns of a table; None where they are those of its schema.

    They must have the names and the types of the schema, in any order. Any may lack values.
    """
    found = [str(column) for column in table.columns]
    if absent := [column for column in COLUMNS[name] if column not in found]:
        return f"has no column '{absent[0]}'"
    if unknown := [column for column in found if column not in COLUMNS[name]]:
        return f"has the column '{unknown[0]}', which is not in its schema"
    problems = (_type_problem(table[column], type_of(column)) for column in found)
    return next(filter(None, problems), None)


def type_of(column: str) -> str:
    """The type of a column, in every table: "number", "flag" or "text"."""
    return _TYPE_OF.get(column, "text")


def empty_table(name: str) -> "pd.DataFrame":
    """The table of this name without rows."""
    import pandas as pd

    types = {column: float if type_of(column) == "number" else object for column in COLUMNS[name]}
    return pd.DataFrame({column: pd.Series(dtype=type_) for column, type_ in types.items()})


def table_of(rows: Sequence[Mapping[str, Any]], name: str) -> "pd.DataFrame":
    """The table of these rows, from columns to values; the empty table without any."""
    import pandas as pd

    return pd.DataFrame(rows) if rows else empty_table(name)


def write_table(table: "pd.DataFrame", name: str, path: Path) -> None:
    """Write a table as parquet, its columns in the order of the schema.

    Raises SchemaError as `check_table`, and UserError as `write_atomically`.
    """
    check_table(table, name)
    write_atomically(path, table[COLUMNS[name]].to_parquet(index=False))


def _type_problem(column: "pd.Series", wanted: str) -> str | None:
    """What a column holds in place of its type; None where it is of that type, or all absent."""
    import pandas as pd

    inferred = pd.api.types.infer_dtype(column, skipna=True)
    if inferred in _INFERRED[wanted] or column.isna().all():
        return None
    return f"has {inferred} values in the column '{column.name}', not those of a {wanted}"
