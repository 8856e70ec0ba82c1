"""The commands of the stages, which the workflow runs: from `train` to `report`."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from asymmetry.cli.options import DEFAULT, StudyFile, plan_of, stages_of

Output = Annotated[Path, typer.Option("--output", help="a table of this study")]
Fitted = Annotated[Path, typer.Option("--output", help="a file of weights of this study")]


def train(
    runs: Annotated[list[str], typer.Argument(help="ids, or paths of their run.json")],
    study: StudyFile = DEFAULT,
) -> None:
    """Train a run, or continue it; several of one task and seed share their batches.

    Exits with 75 where one was stopped and should be continued. Alone, a run shows how it goes on
    standard error; of several, each writes that to the train.log in its folder.
    """
    from asymmetry.monitor.tracking import tracked
    from asymmetry.planning.run import id_at
    from asymmetry.training.job import train as train_runs

    planned, ids = plan_of(study), list(map(id_at, runs))
    with tracked(planned, ids):
        code = train_runs(planned, *ids)
    raise typer.Exit(code)


def calibrate(output: Fitted, study: StudyFile = DEFAULT) -> None:
    """Fit the channel weights of a calibrated loss to human scores."""
    from asymmetry.iqa.calibration.calibrate import calibrate as fit_weights

    fit_weights(plan_of(study), output)


def assess(output: Output, study: StudyFile = DEFAULT) -> None:
    """Score restored images with every metric of the study."""
    from asymmetry.assessment.engine import assess_part

    assess_part(plan_of(study), output)


def skill(output: Output, study: StudyFile = DEFAULT) -> None:
    """Measure how well each loss and metric agrees with the scores of an IQA set."""
    from asymmetry.iqa.skill.measure import measure_part

    measure_part(plan_of(study), output)


def optimisability(output: Output, study: StudyFile = DEFAULT) -> None:
    """Measure how good an objective each fidelity loss is: recovery, noise of its gradient."""
    from asymmetry.optimisability.measure import measure_part

    measure_part(plan_of(study), output)


def transfer(output: Output, study: StudyFile = DEFAULT) -> None:
    """Measure what the discriminators bring to IQA: raw, probed, fine-tuned."""
    from asymmetry.iqa.transfer.measure import measure_part

    measure_part(plan_of(study), output)


def collect(table: str, study: StudyFile = DEFAULT) -> None:
    """Join the parts of a table: runs, scores, skill, optimisability or transfer."""
    from asymmetry.pipeline.collect import collect_table

    collect_table(stages_of(study), table)


def analyse(study: StudyFile = DEFAULT) -> None:
    """Compute effects and hypotheses from the tables."""
    from asymmetry.analysis.analyse import analyse as analyse_tables
    from asymmetry.pipeline.made import making

    stages = stages_of(study)
    with making(stages, "analyse"):
        analyse_tables(stages.study, stages.results)


def figures(
    names: Annotated[list[str] | None, typer.Argument(help="figures; without any, all")] = None,
    tables: Annotated[
        Path | None,
        typer.Option(help="redraw a published study: its folder of tables, study.yaml beside it"),
    ] = None,
    study: StudyFile = DEFAULT,
) -> None:
    """Draw figures, each as SVG, PNG, a CSV of its numbers and a JSON of what is behind it."""
    from asymmetry.figures.registry import drawn_figures

    if tables is not None:
        from asymmetry.figures.redraw import redraw

        for path in redraw(tables, names or []):
            print(path)
        return
    from asymmetry.figures.write import draw
    from asymmetry.pipeline.made import making

    stages = stages_of(study)
    every = drawn_figures(stages.results)
    names = names or every
    # Some of them alone are not the stage: all are drawn again by the next start.
    whole = set(every) <= set(names)
    with making(stages, "figures") if whole else nullcontext():
        draw(stages.study, names, stages.results)


def report(study: StudyFile = DEFAULT) -> None:
    """Write the page, `index.html`, `metrics.json` and the manifest of all results."""
    from asymmetry.artifacts.results import write_manifest
    from asymmetry.pipeline.made import making
    from asymmetry.report.build import write_report
    from asymmetry.report.metrics import write_metrics

    stages = stages_of(study)
    with making(stages, "report"):
        write_report(stages.study, stages.results)
        write_metrics(stages.results)
    write_manifest(stages)
    print(f"the page is at {(stages.results / 'index.html').resolve().as_uri()}")


COMMANDS = (
    train,
    calibrate,
    assess,
    skill,
    optimisability,
    transfer,
    collect,
    analyse,
    figures,
    report,
)
