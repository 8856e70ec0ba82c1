"""Trying the user's own parts before anything runs. Imports them, and with them often torch."""

from collections.abc import Iterator

from asymmetry.backbones.catalog import BACKBONES, RANDOM
from asymmetry.core.errors import UserError
from asymmetry.core.own_imports import imported
from asymmetry.core.own_parts import OwnPart, own_parts
from asymmetry.fidelity.registry import backbone_of, code_of, fidelity_names
from asymmetry.metrics.contracts import METRICS
from asymmetry.planning.identity import package_code
from asymmetry.planning.identity.code import Node
from asymmetry.planning.plan import Plan

# What a part may reach another by, unseen.
_BACKBONE_BY_NAME = "asymmetry.backbones.registry"
_LOSS_BY_NAME = Node("", "without numbers: build_fidelity")


def own_part_problems(plan: Plan) -> Iterator[str]:
    """A line for each part that the study uses and that cannot be imported or is not whole."""
    for part in used_parts(plan):
        try:
            _try(part)
        except UserError as error:
            yield str(error)


def used_parts(plan: Plan) -> list[OwnPart]:
    """The user's own parts that the study names, and their figures, which are always drawn."""
    measured = [*plan.measured, plan.study.training.pixel]
    trunks = [spec.backbone for spec in plan.study.discriminators.values()]
    trunks += [backbone_of(name) or "" for name in measured if name in fidelity_names()]
    named = {
        "fidelity": measured,
        "metrics": measured,
        "backbones": [name.removesuffix(RANDOM) for name in trunks],
        "figures": list(own_parts("figures")),
    }
    return [
        own_parts(kind)[name]
        for kind, names in named.items()
        for name in dict.fromkeys(names)
        if name in own_parts(kind)
    ]


def _try(part: OwnPart) -> None:
    """UserError where a part cannot be imported, or what it is reached by cannot be called."""
    module = imported(part.module, part.file, part.place)
    for name in _called(part):
        if not callable(getattr(module, name, None)):
            raise UserError(f"{part.place}: `{name}` is no function; make it one")
    if part.kind == "fidelity":
        _check_names_in(part)


def _check_names_in(part: OwnPart) -> None:
    """UserError where a loss builds something by a name that the ids of its runs do not hold."""
    reached = package_code().reached(code_of(part.name))
    if _LOSS_BY_NAME in reached:
        raise UserError(
            f"{part.place}: builds a loss by its name, whose code the ids of runs would not hold; "
            "import the function of that loss from its module"
        )
    if not backbone_of(part.name) and any(node.module == _BACKBONE_BY_NAME for node in reached):
        raise UserError(
            f"{part.place}: builds a backbone that the ids of runs would not hold; say which, as "
            '`BACKBONE = "vgg16"`, and build the one that `build` gets as its variant'
        )


def _called(part: OwnPart) -> list[str]:
    if part.kind == "fidelity":
        return ["build"]
    if part.kind == "figures":
        return ["caption", "numbers", "draw"]
    place = BACKBONES[part.name].builder if part.kind == "backbones" else METRICS[part.name].measure
    return [place.partition(":")[2]]
