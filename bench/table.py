"""The tables of docs/benchmarks.md, made from results.json alone: `python -m bench.table`."""

import re
from pathlib import Path
from typing import Any

from bench.results import read_results

PAGE = Path(__file__).resolve().parents[1] / "docs/benchmarks.md"
BEGIN, END = "<!-- bench/results.json -->", "<!-- end of bench/results.json -->"
PARTS = ("training", "ceiling", "assessment", "metrics", "data", "workflow", "wall", "gpu")
_WITHOUT_GPU = (
    "`make bench PARTS=gpu` (SwinIR-light and SPAN in packs of 1, 4, 8 and 16, the ceiling of the "
    "card, whether bytes repeat): not run: no GPU was at hand.\n"
)
_HEAD = (
    "| what | asymmetry | beside it | ratio | aim | peak memory, MB |\n|---|---|---|---|---|---|"
)


def render(results: dict[str, Any]) -> str:
    """All parts as markdown: for each machine a line, a table, and the notes of its rows."""
    known = [name for name in PARTS if name in results]
    if not known:
        return "Not measured yet: `make bench` does.\n"
    machines: dict[str, list[str]] = {}
    for name in known:
        machines.setdefault(_machine(results[name]["machine"]), []).append(name)
    tables = [
        _of_machine(machine, [results[name] for name in names])
        for machine, names in machines.items()
    ]
    return "\n".join(tables if "gpu" in results else [*tables, _WITHOUT_GPU])


def put_between(text: str, table: str) -> str:
    """`text` with what stands between the markers replaced by `table`.

    Raises ValueError where the markers are not there exactly once.
    """
    pattern = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"the markers {BEGIN} and {END} must be there once")
    return pattern.sub(lambda _: f"{BEGIN}\n{table}{END}", text)


def write_page() -> None:
    """Put the tables of the committed results into docs/benchmarks.md."""
    text = PAGE.read_text("utf-8")
    PAGE.write_text(put_between(text, render(read_results())), "utf-8")


def _machine(facts: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {known}" for name, known in sorted(facts["versions"].items()))
    gpu = f", {facts['gpu']}" if facts["gpu"] else ", no GPU"
    commit, _, state = facts["commit"].partition("-")
    return (
        f"{facts['cpu']}, {facts['cores']} cores, {facts['memory_gb']} GB{gpu}; Python "
        f"{facts['python']}, {versions}; {facts['date']}, commit {commit[:8]}"
        f"{' with changes' if state else ''}"
    )


def _of_machine(machine: str, parts: list[dict[str, Any]]) -> str:
    rows = [row for part in parts for row in part["rows"]]
    notes = list(dict.fromkeys(note for part in parts for note in part["notes"]))
    notes += [f"{row['what']}: {row['note']}" for row in rows if row["note"]]
    lines = [f"{machine}:", "", *([_HEAD, *map(_row, rows), ""] if rows else [])]
    for table in (table for part in parts for table in part.get("tables", [])):
        lines += [*_markdown(table), ""]
    lines += [f"- {note}" for note in notes]
    return "\n".join(lines).rstrip() + "\n"


def _markdown(table: list[list[str]]) -> list[str]:
    """A table whose first row is its head."""
    head, *rows = (f"| {' | '.join(cells)} |" for cells in table)
    return [head, "|" + "---|" * len(table[0]), *rows]


def _row(row: dict[str, Any]) -> str:
    ours, theirs = row["ours"], row["theirs"]
    ratio = f"{row['ratio']:.2f} x" if row["ratio"] is not None else ""
    peaks = [_peak(ours), *([_peak(theirs)] if theirs else [])]
    cells = [
        row["what"],
        f"{number(ours['median'])} {row['unit']} ({_range(ours)})",
        f"{number(theirs['median'])} ({_range(theirs)})" if theirs else "",
        ratio,
        _aim(row),
        " / ".join(peaks) if any(peaks) else "",
    ]
    return "| " + " | ".join(cells) + " |"


def _peak(side: dict[str, Any]) -> str:
    return "" if side["peak_mb"] is None else f"{side['peak_mb']:,}"


def _range(side: dict[str, Any]) -> str:
    return f"{number(min(side['runs']))} to {number(max(side['runs']))}"


def _aim(row: dict[str, Any]) -> str:
    aim = row["aim"]
    if not aim:
        return ""
    words = f"{aim['value']:g} x" if aim["kind"] == "ratio" else f"{aim['kind']} {aim['value']:g}"
    return words + (", met" if aim["met"] else ", **missed**")


def number(value: float) -> str:
    """Three digits that mean something: 12,300; 123; 1.23; 0.0123."""
    if value and abs(value) < 100:
        return f"{value:.3g}"
    digits = 10 ** max(0, len(str(int(abs(value)))) - 3)
    return f"{round(value / digits) * digits:,}"


if __name__ == "__main__":
    write_page()
