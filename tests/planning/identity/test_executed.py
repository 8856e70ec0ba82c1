"""Whatever a stage executes is among what its digest reaches."""

import ast
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FrameType

import pytest

import asymmetry.iqa.skill.measure as skill
import asymmetry.iqa.transfer.measure as transfer
import asymmetry.optimisability.measure as optimisability
from asymmetry.analysis.analyse import analyse
from asymmetry.assessment.engine import assess_part
from asymmetry.discriminators.registry import BUILDER
from asymmetry.figures.registry import drawn_figures
from asymmetry.figures.write import draw
from asymmetry.pipeline.collect import collect_table
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.identity import package_code
from asymmetry.planning.identity.code import Node
from asymmetry.planning.metric_digests import roots_of
from asymmetry.planning.plan import Plan
from asymmetry.planning.stage import Stage
from asymmetry.report.build import write_report
from asymmetry.report.metrics import write_metrics
from asymmetry.study import parse_study
from asymmetry.tables.power import write_power
from asymmetry.training.job import train
from tests.conftest import small_values
from tests.planning.identity.tree import SOURCE
from tests.synthetic_tables import make_power

CODE = package_code()
# What records and requests are made with, in modules without numbers: it never returns to a tensor.
BESIDE = {"asymmetry.core.usage", "asymmetry.core.commit", "asymmetry.discriminators.measure"}


@contextmanager
def executed() -> Iterator[set[CodeType]]:
    """The code objects of all functions that are called meanwhile, in any thread."""
    seen: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_flags & CO_OPTIMIZED:  # no class's or module's body
            seen.add(frame.f_code)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@cache
def statements(module: str, path: Path) -> list[tuple[range, set[Node]]]:
    """The lines of each statement of a module, with the definitions that it makes."""
    found = []
    for node in ast.parse(path.read_bytes()).body:
        names = {getattr(node, "name", None)}
        names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        lines = [node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]
        own = {getattr(node, "name", "")} if hasattr(node, "name") else names
        found.append((range(min(lines), node.end_lineno + 1), {Node(module, n) for n in own}))
    return found


def definitions(codes: Iterable[CodeType]) -> Iterator[tuple[str, set[Node]]]:
    """The definitions that code objects of this package belong to, where these change numbers."""
    for code in codes:
        path = Path(code.co_filename)
        if path.suffix != ".py" or not path.is_relative_to(SOURCE):  # a template has code, too
            continue
        parts = path.relative_to(SOURCE).with_suffix("").parts
        module = ".".join(("asymmetry", *parts)).removesuffix(".__init__")
        if CODE.declared(module) and module not in BESIDE:
            for lines, nodes in statements(module, path):
                if code.co_firstlineno in lines:
                    yield f"{module}:{code.co_qualname}", nodes


def check(codes: Iterable[CodeType], roots: Iterable[str]) -> None:
    reached = CODE.reached(roots)
    found = list(definitions(codes))
    assert len(found) > 5
    assert [name for name, nodes in found if not nodes & reached] == []


def stages_of(losses: list[str], weights: list[float]) -> Stages:
    values = small_values()
    values["grid"] |= {"fidelity": losses, "adversarial_weights": weights}
    values["warm_start"]["steps"] = values["training"]["steps"] = 2
    values["training"]["snapshots"] = [0.5]
    values["transfer"] |= {"modes": ["raw", "probe", "fine-tune"]}
    return Stages(Plan(parse_study(values, "params.yaml")))


def check_trainings(stages: Stages) -> None:
    for run in stages.plan.by_id.values():
        with executed() as codes:
            assert train(stages.plan, run.id) == 0
        check(codes, run.roots)


def test_a_training_executes_nothing_that_its_digest_does_not_reach(workplace: Path):
    check_trainings(stages_of(["gmsd"], [0.1]))


@pytest.mark.long
def test_a_stage_executes_nothing_that_its_digest_does_not_reach(
    workplace: Path, monkeypatch: pytest.MonkeyPatch
):
    losses = ["gmsd", "dists-vgg16-random"]
    stages = stages_of(losses, [0, 0.1])
    check_trainings(stages)
    # Where a part lies is not what is in it: the code of its key is not looked at.
    part_at = {part.path: part for part in stages.parts}
    monkeypatch.setattr(Stage, "part", lambda _, path: part_at[path])
    measured = [*stages.study.evaluation.metrics, *losses]
    trunks = ["asymmetry.backbones.convolutional:vgg", "asymmetry.backbones.transformer:vit"]
    for root, parts, make_part, more in (
        (
            "assessment.engine:assess_part",
            [*stages.assessment.parts, *stages.snapshots.parts],
            assess_part,
            roots_of(measured),
        ),
        (
            "iqa.skill.measure:measure_part",
            stages.skill.parts,
            skill.measure_part,
            roots_of(measured),
        ),
        (
            "optimisability.measure:measure_part",
            stages.optimisability.parts,
            optimisability.measure_part,
            roots_of(losses),
        ),
        (
            "iqa.transfer.measure:measure_part",
            stages.transfer.parts,
            transfer.measure_part,
            [BUILDER, *trunks],
        ),
    ):
        for part in parts:
            part.path.parent.mkdir(parents=True, exist_ok=True)
            with executed() as codes:
                make_part(stages.plan, part.path)
            check(codes, [f"asymmetry.{root}", *more])
    check_cheap_stages(stages)


def check_cheap_stages(stages: Stages) -> None:
    study, results = stages.study, stages.results
    write_power(make_power(), results)
    stage = stages.stamps.by_name
    with executed() as codes:
        for table in ("runs", *stages.by_table):
            collect_table(stages, table)
    check(codes, stage["scores"].roots)
    with executed() as codes:
        analyse(study, results)
    check(codes, stage["analyse"].roots)
    with executed() as codes:
        draw(study, drawn_figures(results), results)
    check(codes, stage["figures"].roots)
    stages.plan.photos.to_csv(results / "photos.csv")
    with executed() as codes:
        write_report(study, results)
        write_metrics(results)
    check(codes, stage["report"].roots)
