"""The shape of code: its syntax tree as text, with a blank for each thing of the package.

So the text holds no name of a place, and stays as it is when what it mentions moves.
"""

import ast
import re
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from typing import Any, NamedTuple, TypeGuard, get_args

from asymmetry.planning.identity.scopes import (
    GLOBAL,
    Comprehension,
    Function,
    Scope,
    comprehension_scope,
    function_scope,
    imported,
)

PACKAGE = "asymmetry"
_BLANK = "()"
_PLACE = re.compile(r"(\w+)(\.\w+)+(:\w+|[.:])?")
_DOCUMENTED = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
_WITHOUT_MEANING = {"ctx", "kind", "type_comment", "simple"}


def followed_in(module: str) -> frozenset[str]:
    """The outermost packages whose code counts where this module mentions it.

    They are this package and the module's own. So what a part of the user's own is beside changes
    nothing else.
    """
    return frozenset((PACKAGE, module.partition(".")[0]))


class Reference(NamedTuple):
    """What stands in a blank: a dotted path, or a text of the code that may name a place."""

    path: str
    text: str = ""


class Shape:
    """Collects the shape of a statement, and what it mentions of the package, in order.

    `names` are the names of the module with their dotted paths; `unfinished` says of some how much
    of their definition stands above the statement. `package` is where the module stands, and
    `followed` are the outermost packages whose code counts.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        package: str,
        unfinished: Mapping[str, str],
        followed: Collection[str],
    ) -> None:
        self.references: list[Reference] = []
        self._names, self._package, self._unfinished = names, package, unfinished
        self._followed = followed
        self._text: list[str] = []
        self._scopes: list[Scope] = []

    @property
    def digest(self) -> str:
        """The sha256 (hex) of the shape."""
        return sha256("".join(self._text).encode()).hexdigest()

    def visit(self, value: object) -> None:
        """Add a node, or a field of one."""
        if isinstance(value, list):
            self._add("[")
            for item in value:
                self.visit(item)
            self._add("]")
        elif isinstance(value, ast.AST):
            _VISITS.get(type(value), Shape._visit_node)(self, value)
        else:
            self._add(f"{value!r},")

    def _visit_node(self, node: ast.AST, without: str = "") -> None:
        """A node as it stands; empty fields are left out, as they differ between Pythons."""
        self._add(f"{type(node).__name__}(")
        for name, value in ast.iter_fields(node):
            if name not in _WITHOUT_MEANING and name != without and value not in (None, []):
                self._add(f"{name}=")
                self.visit(value)
        self._add(")")

    def _visit_name(self, node: ast.Name) -> None:
        path = self._path_of(node.id)
        bound_here = isinstance(node.ctx, ast.Store | ast.Del) and not self._is_global(node.id)
        if path is None or bound_here:
            self._add(f"name {node.id},")
        else:
            self._mention(path)
            if not self._scopes and node.id in self._unfinished:
                self._add(self._unfinished[node.id])

    def _visit_attribute(self, node: ast.Attribute) -> None:
        names = dotted(node)
        path = self._path_of(names[0]) if names else None
        if names and path is not None:
            self._mention(".".join([path, *names[1:]]))
        else:
            self._visit_node(node)

    def _visit_augmented(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):  # it reads what it binds
            self._visit_name(ast.Name(node.target.id, ast.Load()))
        self._visit_node(node)

    def _visit_constant(self, node: ast.Constant) -> None:
        place = _PLACE.fullmatch(node.value) if isinstance(node.value, str) else None
        if place and place[1] in self._followed:
            self._add("text")
            self._mention(place[0].rstrip(".:").replace(":", "."), place[0])
        else:
            self._add(f"{node.value!r},")

    def _visit_if(self, node: ast.If) -> None:
        if is_typing(node):
            self.visit(node.orelse)
        else:
            self._visit_node(node)

    def _visit_import(self, node: ast.Import | ast.ImportFrom) -> None:
        """An import inside other code: all that it names, used or not."""
        if isinstance(node, ast.Import):
            paths = [alias.name for alias in node.names]
        else:
            paths = [path for _, path in imported(node, self._package)]
        for path in paths:
            self._mention(path)

    def _visit_class(self, node: ast.ClassDef) -> None:
        # A method does not see the names of its class, so these are no scope.
        self._visit_node(node, without="body")
        self.visit(_body(node))

    def _visit_function(self, node: Function) -> None:
        # Decorators, defaults and annotations are read where the function stands.
        self._visit_node(node, without="body")
        body = node.body if isinstance(node, ast.Lambda) else _body(node)
        self._visit_inside(function_scope(node, self._package), body)

    def _visit_comprehension(self, node: Comprehension) -> None:
        # The first iterable is read outside, where the names that it runs through are others.
        self.visit(node.generators[0].iter)
        self._scopes.append(comprehension_scope(node))
        self._visit_node(node)
        self._scopes.pop()

    def _visit_inside(self, scope: Scope, body: object) -> None:
        self._scopes.append(scope)
        self.visit(body)
        self._scopes.pop()

    def _path_of(self, name: str) -> str | None:
        """The dotted path that a name means here; None for what is local or built in."""
        for scope in reversed(self._scopes):
            if name in scope:
                if scope[name] != GLOBAL:
                    return scope[name]
                break
        return self._names.get(name)

    def _is_global(self, name: str) -> bool:
        return bool(self._scopes) and self._scopes[-1].get(name) == GLOBAL

    def _mention(self, path: str, text: str = "") -> None:
        if path.partition(".")[0] in self._followed:
            self._add(_BLANK)
            self.references.append(Reference(path, text))
        else:
            self._add(f"name {path},")

    def _add(self, text: str) -> None:
        self._text.append(text)


_VISITS: dict[type, Callable[[Shape, Any], None]] = {
    ast.Name: Shape._visit_name,
    ast.Attribute: Shape._visit_attribute,
    ast.AugAssign: Shape._visit_augmented,
    ast.Constant: Shape._visit_constant,
    ast.ClassDef: Shape._visit_class,
    ast.If: Shape._visit_if,
    **dict.fromkeys((ast.Import, ast.ImportFrom), Shape._visit_import),
    **dict.fromkeys(get_args(Function), Shape._visit_function),
    **dict.fromkeys(get_args(Comprehension), Shape._visit_comprehension),
}


def dotted(node: ast.expr) -> list[str] | None:
    """The names of `a.b.c`; None for other expressions."""
    if isinstance(node, ast.Name):
        return [node.id]
    inner = dotted(node.value) if isinstance(node, ast.Attribute) else None
    return [*inner, node.attr] if inner and isinstance(node, ast.Attribute) else None


def is_typing(node: ast.stmt) -> TypeGuard[ast.If]:
    """Whether a statement is an `if TYPE_CHECKING:`."""
    return isinstance(node, ast.If) and (dotted(node.test) or [""])[-1] == "TYPE_CHECKING"


def _body(node: _DOCUMENTED) -> list[ast.stmt]:
    """The statements of a class or function, without its docstring."""
    documented = ast.get_docstring(node, clean=False) is not None
    return node.body[documented:]
