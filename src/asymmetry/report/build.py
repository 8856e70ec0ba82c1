"""The pages of a study: `index.html`, and `compare.html` with its data."""

from pathlib import Path

import yaml

from asymmetry.analysis.games import games_in_words, setting_games
from asymmetry.analysis.hypotheses.contract import FEWEST
from asymmetry.analysis.provenance import Provenance, provenance
from asymmetry.analysis.skill import sets_in_words
from asymmetry.core.files import write_atomically
from asymmetry.planning.overlaps import overlap_lines
from asymmetry.planning.plan import Plan
from asymmetry.report.answer import answer
from asymmetry.report.claims import QUESTION, answers, axes, claims, error_rates
from asymmetry.report.comparison import Comparison, comparison
from asymmetry.report.figures import command_of, figures
from asymmetry.report.for_snakemake import write_for_snakemake
from asymmetry.report.maps import with_maps
from asymmetry.report.opening import Opening
from asymmetry.report.render import render
from asymmetry.report.settings import differences, summary
from asymmetry.report.sources import PAGES
from asymmetry.report.usage import hours, usage_rows
from asymmetry.report.words import records
from asymmetry.study import Study
from asymmetry.tables.power import FILE as POWER
from asymmetry.tables.read import TABLES, Tables, load_tables, of_set, table_path

_FIRST = "asymmetry"  # the figure beside the answer
_STUDY_FILES = ("photos.csv", "claims.md", "hypotheses.json", "hypotheses.csv")


def write_report(study: Study, results: Path) -> None:
    """Write `PAGES` to `results`, from its tables and from the figures and pictures that are there.

    Beside them lie maps of pictures, and what Snakemake's own report shows of the figures. The
    pages need no network: styles and scripts are inside, and links are relative. Raises UserError
    where a table is damaged or mixes conventions.
    """
    tables = load_tables(results)
    scales = {name: task.scale for name, task in study.tasks.items()}
    compared = with_maps(comparison(study.evaluation, tables, results), scales, results)
    content = pages(study, tables, results, provenance(results), compared)
    for name in PAGES:
        write_atomically(results / name, content[name].encode())
    # Links to the other pages would lead nowhere there.
    write_for_snakemake(
        figures(results, tables.runs),
        results,
        answer=answer(tables.hypotheses, study.evaluation.primary),
        coverage=tables.coverage,
    )


def pages(
    study: Study,
    tables: Tables,
    folder: Path,
    behind: Provenance,
    compared: Comparison,
    tables_in: str = "",
) -> dict[str, str]:
    """The text of each of `PAGES`; `folder` is where they will lie.

    The files of the tables lie in the folder `tables_in` of `folder`, by default in that itself.
    """
    return {
        "index.html": _index(study, tables, folder, behind, compared, tables_in),
        "compare.html": render("compare.html", compared=compared, home="The study", unit="cell"),
        "compare-data.js": compared.script,
    }


def _index(
    study: Study,
    tables: Tables,
    folder: Path,
    behind: Provenance,
    compared: Comparison,
    tables_in: str,
) -> str:
    opening = Opening(compared, tables.runs["run"])
    shown = figures(folder, tables.runs, opening.address, study.results, tables_in)
    first = next((one for one in shown if one["name"] == _FIRST), None)
    asked = tables.hypotheses[tables.hypotheses["id"].isin(QUESTION)]
    return render(
        "index.html",
        coverage=tables.coverage,
        answer=answer(tables.hypotheses, study.evaluation.primary),
        answers=answers(of_set(asked, study.evaluation.primary)),
        fewest=FEWEST,
        sets=sets_in_words(tables.skill, study.calibration),
        summary=summary(study, tables),
        overlaps=overlap_lines(study, Plan(study)),
        differences=differences(study),
        settings=yaml.safe_dump(study.model_dump(mode="json"), sort_keys=False),
        claims=claims(tables),
        error_rates=error_rates(tables.hypotheses),
        axes=axes(tables),
        losses=records(of_set(tables.asymmetry, study.evaluation.primary)),
        first=first,
        figures=[one for one in shown if one is not first],
        compared=compared,
        runs=records(tables.runs),
        hours=hours(tables.runs),
        usage=usage_rows(tables.runs),
        games=records(setting_games(tables.runs, study)),
        games_in_words=games_in_words(tables.runs, study),
        command=command_of("index.html", study.results),
        files=[f"{tables_in}/{name}".lstrip("/") for name in files_of_tables(folder / tables_in)],
        commit=behind.commit,
        tables=behind.tables,
    )


def files_of_tables(folder: Path) -> list[str]:
    """The names of a study's tables, claims and list of photos, of those that lie in a folder."""
    names = [table_path(Path(), name).name for name in TABLES]
    return [name for name in [*names, POWER, *_STUDY_FILES] if (folder / name).is_file()]
