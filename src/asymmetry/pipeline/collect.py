"""Joins what the jobs of a stage wrote into one tidy table."""

from asymmetry.core.errors import UserError
from asymmetry.core.names import nearest
from asymmetry.pipeline.made import making
from asymmetry.pipeline.stages import Stages
from asymmetry.tables.beside import values_path
from asymmetry.tables.collect import joined, runs_table
from asymmetry.tables.people import with_people
from asymmetry.tables.read import table_path
from asymmetry.tables.schemas import write_table


def collect_table(stages: Stages, table: str) -> None:
    """Write `<results>/<table>.parquet` from those of its parts that are there.

    The values behind `skill` are written beside it: losses share images, and so their errors.

    Raises UserError where there is no such table, or none of its parts is there.
    """
    tables = ("runs", *stages.by_table)
    if table not in tables:
        raise UserError(f"collect: '{table}' is no table; {nearest(table, tables)}")
    with making(stages, table):
        if table == "runs":
            frame = runs_table(stages.plan)
        else:
            frame = joined([part.path for part in stages.by_table[table].parts], table)
        if table == "scores":
            frame = with_people(frame, stages.study, stages.assessment.assessed)
        write_table(frame, table, table_path(stages.results, table))
        if table == "skill":
            values = [values_path(part.path) for part in stages.skill.parts]
            beside = joined(values, "skill_values")
            write_table(beside, "skill_values", table_path(stages.results, "skill_values"))
