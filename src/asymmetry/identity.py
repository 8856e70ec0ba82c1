"""The code behind a number: a digest of the modules that can change it.

Imports are followed from the root modules; comments, docstrings and layout do not count, and
neither do modules that only name, check, schedule or show things.
"""

import ast
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

PACKAGE = "asymmetry"
_ROOT = Path(__file__).parent

# Their content reaches a run through its resolved settings, or does not change a number at all.
_WITHOUT_NUMBERS = {
    "asymmetry.backbones.catalog",
    "asymmetry.calibrations",
    "asymmetry.cluster",
    "asymmetry.companies",
    "asymmetry.data.contents",
    "asymmetry.data.photos",
    "asymmetry.data.wheels",
    "asymmetry.discriminators.registry",
    "asymmetry.discriminators.sizes",
    "asymmetry.errors",
    "asymmetry.fidelity.registry",
    "asymmetry.files",
    "asymmetry.generators.catalog",
    "asymmetry.grid",
    "asymmetry.identity",
    "asymmetry.metrics.contracts",
    "asymmetry.names",
    "asymmetry.plan",
    "asymmetry.records",
    "asymmetry.remembered",
    "asymmetry.spent",
    "asymmetry.study",
    "asymmetry.study.axes",
    "asymmetry.study.calibration",
    "asymmetry.study.evaluation",
    "asymmetry.study.section",
    "asymmetry.study.training",
    "asymmetry.training.checkpoint",
    "asymmetry.training.clock",
    "asymmetry.training.deadline",
    "asymmetry.training.finished",
    "asymmetry.training.journal",
    "asymmetry.training.lock",
    "asymmetry.training.heartbeat",
    "asymmetry.training.ledger",
    "asymmetry.training.progress",
    "asymmetry.training.record",
    "asymmetry.training.trail",
    "asymmetry.weights",
}


def code_digest(roots: Iterable[str]) -> str:
    """The sha256 of the code closure of the root modules (dotted names in this package)."""
    return _code_digest(frozenset(roots))


@cache
def _code_digest(roots: frozenset[str]) -> str:
    parts = [f"{name} {digest}" for name, digest in module_digests(roots).items()]
    return sha256("\n".join(parts).encode()).hexdigest()


def module_digests(roots: Iterable[str]) -> dict[str, str]:
    """The sha256 (hex) of each module of the closure, by its dotted name, sorted."""
    return {name: _module_digest(name) for name in sorted(closure(roots))}


def closure(roots: Iterable[str]) -> set[str]:
    """The roots and every module of the package that they import, directly or not."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found and name not in _WITHOUT_NUMBERS:
            found.add(name)
            waiting += _imports(name)
    return found


@cache
def _tree(name: str) -> ast.Module:
    """The module's code without docstrings and without what only a type checker imports."""
    path = _file_of(name)
    if path is None:
        raise ModuleNotFoundError(f"no module {name}", name=name)
    tree = _WithoutTyping().visit(ast.parse(path.read_bytes()))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _drop_docstring(node)
    return tree


class _WithoutTyping(ast.NodeTransformer):
    """Drops `if TYPE_CHECKING:` blocks."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return None
        return self.generic_visit(node)


def _drop_docstring(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
) -> None:
    if ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:] or [ast.Pass()]


@cache
def _module_digest(name: str) -> str:
    return sha256(ast.dump(_tree(name)).encode()).hexdigest()


@cache
def _imports(name: str) -> tuple[str, ...]:
    """The modules of the package that a module imports, anywhere in its code."""
    found: list[str] = []
    for node in ast.walk(_tree(name)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(name for name in found if name.startswith(f"{PACKAGE}.") and _file_of(name))


def _file_of(name: str) -> Path | None:
    """The file of a module of this package, without importing it; None where there is none."""
    path = _ROOT.joinpath(*name.split(".")[1:])
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file
    return None
