"""Which names a function binds itself, so that they mean nothing outside it."""

import ast
from collections.abc import Iterator
from importlib.util import resolve_name
from typing import get_args

# What a name means inside a function: a local value, a name of the module, or an imported path.
LOCAL, GLOBAL = None, ""
Scope = dict[str, str | None]

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_COMPREHENSIONS = set(get_args(Comprehension))
_NESTED = {*get_args(Function), ast.ClassDef}
# The field with the name that such a node binds.
_NAMED: dict[type, str] = {
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef), "name"),
    **dict.fromkeys((ast.ExceptHandler, ast.MatchAs, ast.MatchStar), "name"),
    ast.MatchMapping: "rest",
}


def imported(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, str]]:
    """The names that an import binds, each with its dotted path; `package` is where it stands.

    `from a import *` binds `*`, which stands for `a`.
    """
    if isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (first, first)
        return
    module = resolve_name("." * node.level + (node.module or ""), package)
    for alias in node.names:
        path = module if alias.name == "*" else f"{module}.{alias.name}"
        yield alias.asname or alias.name, path


def function_scope(node: Function, package: str) -> Scope:
    """What the names mean that a function binds, or declares to be others'."""
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    scope: Scope = {a.arg: LOCAL for a in [*plain, arguments.vararg, arguments.kwarg] if a}
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    return scope | statement_scope(body, package)


def comprehension_scope(node: Comprehension) -> Scope:
    """The names that a comprehension runs through."""
    targets = (name for part in node.generators for name in ast.walk(part.target))
    return {name.id: LOCAL for name in targets if isinstance(name, ast.Name)}


def statement_scope(body: list[ast.stmt] | list[ast.expr], package: str) -> Scope:
    """What the names mean that statements bind, functions and classes inside them apart."""
    scope: Scope = {}
    others: Scope = {}
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name, path in imported(node, package):
                scope[name] = LOCAL if name in scope else path
        elif isinstance(node, ast.Global):
            others |= dict.fromkeys(node.names, GLOBAL)
        elif isinstance(node, ast.Nonlocal):
            others |= dict.fromkeys(node.names, LOCAL)  # of a function around this one
        else:
            scope |= dict.fromkeys(_bound(node), LOCAL)
            waiting += _inside(node)
    return scope | others


def _bound(node: ast.AST) -> list[str]:
    """The names that a node binds by itself."""
    if isinstance(node, ast.Name):
        return [] if isinstance(node.ctx, ast.Load) else [node.id]
    name = getattr(node, _NAMED[type(node)], None) if type(node) in _NAMED else None
    return [name] if name else []


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes inside one whose names are bound in the same scope."""
    if type(node) in _COMPREHENSIONS:  # only `:=` binds beyond it
        return (part for part in ast.walk(node) if isinstance(part, ast.NamedExpr))
    return iter(()) if type(node) in _NESTED else ast.iter_child_nodes(node)
