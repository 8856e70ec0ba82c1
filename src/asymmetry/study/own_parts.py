"""What parts of the user's own say of themselves, entered into the registries. Imports no torch."""

import ast
from collections.abc import MutableMapping
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ArgsKwargs

from asymmetry.backbones.catalog import BACKBONES, CALIBRATED, RANDOM, BackboneSpec
from asymmetry.core.define import define
from asymmetry.core.errors import UserError
from asymmetry.core.names import check_name, one_line_each
from asymmetry.core.own_parts import OwnPart, find_own_parts, forget, own_parts
from asymmetry.fidelity.registry import fidelity_names
from asymmetry.metrics.contracts import (
    METRICS,
    Contract,
    define_trunk_metrics,
)
from asymmetry.weights.manifest import WEIGHTS

T = TypeVar("T")


def define_own_parts() -> None:
    """Find the user's own parts, and enter them under their names.

    Raises UserError as `find_own_parts`; where a part does not say what its kind needs to say, in
    plain values; and where the package has a part of its name already.
    """
    new = find_own_parts()
    if not new:
        return
    try:
        for kind, define_one in (("backbones", _define_backbone), ("metrics", _define_metric)):
            for part in new:
                if part.kind == kind:
                    define_one(part)
        fidelity_names()  # own losses are checked there
    except UserError:
        forget(new)
        raise


def _define_backbone(part: OwnPart) -> None:
    if part.name.endswith((RANDOM, CALIBRATED)):
        raise UserError(f"{part.place}: the name of a backbone ends in no {RANDOM}, {CALIBRATED}")
    spec = _said(part, "SPEC", BackboneSpec)
    _check_function(part, "SPEC", spec.builder)
    _enter(part, BACKBONES, part.name, spec, "backbone")
    if spec.weights:
        _check_weights(part, "SPEC", spec.weights)
        try:
            define_trunk_metrics(part.name, spec.weights)
        except ValueError as error:
            raise UserError(f"{part.place}: {error}") from None


def _define_metric(part: OwnPart) -> None:
    contract = _said(part, "CONTRACT", Contract)
    _check_function(part, "CONTRACT", contract.measure)
    if contract.weights:
        _check_weights(part, "CONTRACT", contract.weights)
    # A loss of that name would have the metric's code among its own.
    if part.name in fidelity_names() and part.name not in own_parts("fidelity"):
        raise UserError(f"{part.place}: '{part.name}' is a loss already; choose another name")
    _enter(part, METRICS, part.name, contract, "metric")


def _enter(part: OwnPart, registry: MutableMapping[str, T], name: str, entry: T, what: str) -> None:
    try:
        define(registry, name, entry, what)
    except ValueError as error:
        raise UserError(f"{part.place}: {error}") from None


def _said(part: OwnPart, name: str, kind: type[T]) -> T:
    """What a part says in `name = KIND(...)`, read from its source and checked."""
    call = part.value(name)
    named = ast.unparse(call.func).rpartition(".")[2] if isinstance(call, ast.Call) else ""
    if not isinstance(call, ast.Call) or named != kind.__name__:
        raise UserError(f"{part.place}: {name}: is no {kind.__name__}(...); write it as one")
    given = [part.plain(value, name) for value in call.args]
    named_values = {str(one.arg): part.plain(one.value, name) for one in call.keywords}
    try:
        for key in named_values:
            check_name(key, kind.__dataclass_fields__, "key", key=name)  # type: ignore[attr-defined]
        return TypeAdapter(kind).validate_python(ArgsKwargs(tuple(given), named_values))
    except ValidationError as error:
        raise UserError(one_line_each(error, f"{part.place}: {name}")) from None
    except ValueError as error:
        raise UserError(f"{part.place}: {error}") from None


def _check_function(part: OwnPart, name: str, place: str) -> None:
    """UserError unless `module:function` is a function of the part's module."""
    module, _, function = place.partition(":")
    if module != part.module or function not in part.defined:
        raise UserError(
            f"{part.place}: {name}: '{place}' is no function of this file; "
            f"write '{part.module}:NAME', with a function NAME in it"
        )


def _check_weights(part: OwnPart, name: str, entry: str) -> None:
    try:
        check_name(entry, WEIGHTS, "entry of the weights manifest", key=name)
    except ValueError as error:
        raise UserError(f"{part.place}: {error}") from None
