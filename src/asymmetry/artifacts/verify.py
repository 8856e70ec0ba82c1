"""Verifying the files of a run against its `run.json`."""

from pathlib import Path
from typing import Any

from asymmetry.artifacts.differences import differences
from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.core.records import read_record
from asymmetry.planning.run import Run
from asymmetry.tables.schemas import DONE, ENDED_BADLY

STATES = (DONE, *ENDED_BADLY)
_TYPES: dict[str, type] = {"id": str, "status": str, "settings": dict, "outputs": dict}


def fault(run: Run, folder: Path, with_models: bool = True) -> str | None:
    """Why the finished run in `folder` is not the `run` of the plan; None where it is.

    Without models, those that `run.json` lists need not be there.
    """
    try:
        record = sound_record(folder, with_models)
        _check_settings(run, record, folder / "run.json")
        _check_models(run, record, folder)
    except UserError as error:
        return str(error)
    return None


def sound_record(folder: Path, with_models: bool = True) -> dict[str, Any]:
    """The `run.json` in a folder; UserError where it, or a model that it records, is damaged."""
    path = folder / "run.json"
    record = read_record(path)
    for field, kind in _TYPES.items():
        if not isinstance(record.get(field), kind):
            raise UserError(f"{path}: {field} is missing or no {kind.__name__}")
    if record["status"] not in STATES:
        raise UserError(f"{path}: status is '{record['status']}', not {' or '.join(STATES)}")
    for name, expected in record["outputs"].items() if with_models else ():
        _check_file(folder / name, expected)
    return record


def _check_file(path: Path, expected: str) -> None:
    if not path.is_file():
        raise UserError(f"{path}: is missing, and run.json records it")
    if sha256_of(path) != expected:
        raise UserError(f"{path}: its sha256 is not the one that run.json records")


def _check_settings(run: Run, record: dict[str, Any], path: Path) -> None:
    if record["id"] != run.id:
        raise UserError(f"{path}: id is '{record['id']}', not '{run.id}'")
    for field, recorded, wanted in differences(record["settings"], run.settings):
        raise UserError(f"{path}: {field} is {recorded!r}, and the study says {wanted!r}")


def _check_models(run: Run, record: dict[str, Any], folder: Path) -> None:
    """UserError where a finished run lacks a model that it should have, or has another one."""
    status = record["status"]
    ended = (record.get(status) or {}).get("step", 0) if status in ENDED_BADLY else None
    wanted = run.models(ended)
    if sorted(wanted) != sorted(record["outputs"]):
        listed = ", ".join(record["outputs"]) or "nothing"
        raise UserError(f"{folder / 'run.json'}: outputs lists {listed}, not {', '.join(wanted)}")
