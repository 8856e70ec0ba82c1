"""Networks from elsewhere that cannot serve a study: files of generators, trunks of timm."""

from collections.abc import Iterator

from asymmetry.backbones.catalog import RANDOM
from asymmetry.core.errors import UserError
from asymmetry.fidelity.registry import backbone_of, fidelity_names
from asymmetry.generators.catalog import GENERATOR_FILES
from asymmetry.planning.generator_files import facts_of
from asymmetry.planning.outside import GeneratorFile
from asymmetry.planning.plan import Plan
from asymmetry.planning.timm_trunks import trunk_problem


def network_problems(plan: Plan) -> Iterator[str]:
    """A line for each; the first look at a file imports torch."""
    yield from _generators(plan)
    yield from _trunks(plan)
    yield from _outside(plan)


def _generators(plan: Plan) -> Iterator[str]:
    """Files that cannot serve as generators, or have another scale than a task that uses them."""
    for name in dict.fromkeys(cell.generator for cell in plan.cells):
        if name not in GENERATOR_FILES:
            continue
        try:
            facts = facts_of(name)
        except UserError as error:
            yield str(error)
            continue
        head = f"generators.{name}: {GENERATOR_FILES[name].file}: is {facts.architecture}"
        if facts.problem:
            yield f"{head}, which {facts.problem}; use another file"
        tasks = dict.fromkeys(cell.task for cell in plan.cells if cell.generator == name)
        for task in tasks:
            if (wanted := plan.study.tasks[task].scale) != facts.scale:
                yield (
                    f"{head} of scale {facts.scale}, and the task '{task}' has {wanted}; use a "
                    "file of that scale, or leave the two apart by grid.exclude"
                )


def _trunks(plan: Plan) -> Iterator[str]:
    """Networks of timm that give no stages, of those that the study uses."""
    study, cells = plan.study, plan.cells
    used = {backbone_of(name) for name in plan.measured if name in fidelity_names()}
    used |= {study.discriminators[c.discriminator].backbone for c in cells if c.adversarial_weight}
    names = {(name or "").removesuffix(RANDOM) for name in used}
    for name, declared in study.backbones.items():
        if name in names and (problem := trunk_problem(declared.timm)):
            yield f"backbones.{name}.timm: {declared.timm}: {problem}; name another network"


def _outside(plan: Plan) -> Iterator[str]:
    """Generators of others that cannot be built, or are of another scale than their task."""
    for method in plan.outside.values():
        if isinstance(method.made, GeneratorFile):
            from asymmetry.generators.from_file import load_generator

            try:
                load_generator(method.made.path, scale=plan.study.tasks[method.task].scale)
            except UserError as error:
                yield f"outside.{method.name}.file: {error}"
