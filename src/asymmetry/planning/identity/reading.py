"""What a module defines, and what each definition mentions of the package, read from its source.

Nothing is imported. Comments, layout, docstrings and what only a type checker imports are dropped.
"""

import ast
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256

from asymmetry.planning.identity.scopes import Scope, imported, statement_scope
from asymmetry.planning.identity.shapes import Reference, Shape, dotted, followed_in, is_typing

MARKER, DOOR = "CHANGES_NUMBERS", "COUNTS_AS"
_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_ASSIGNMENT = ast.Assign | ast.AnnAssign | ast.AugAssign
_UNPACKED = ast.Name | ast.Tuple | ast.List | ast.Starred


@dataclass(frozen=True)
class Piece:
    """Code without the names of places: its digest, and what it mentions, in order."""

    shape: str
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class Module:
    """A module: its definitions by name, and what happens when it is imported.

    `imports` are its names for what it imports, by dotted path; `loads` the paths that may be
    modules which are imported with it; `effects` are the statements that do something instead of
    giving a name to something; `changes_numbers` and `counts_as` are what it says of itself.
    """

    definitions: dict[str, Piece]
    imports: dict[str, str]
    loads: tuple[str, ...]
    effects: tuple[Piece, ...]
    changes_numbers: bool | None
    counts_as: str | None = None


@cache
def read_module(name: str, source: bytes, is_package: bool) -> Module:
    """The module of this dotted name and source."""
    reader = _Reader(name, name if is_package else name.rpartition(".")[0])
    statements = [(node, reader.bound(node)) for node in _effective(ast.parse(source).body)]
    reader.name_all(statements)
    for node, names in statements:
        reader.read(node, names)
    return Module(
        {name: _joined(pieces) for name, pieces in reader.pieces.items()},
        reader.imports,
        tuple(reader.loads),
        tuple(reader.effects),
        reader.changes_numbers,
        reader.counts_as,
    )


def _effective(statements: list[ast.stmt]) -> list[ast.stmt]:
    """The statements without docstrings, and without what only a type checker reads."""
    found: list[ast.stmt] = []
    for node in statements:
        if is_typing(node):
            found += _effective(node.orelse)
        elif not _is_nothing(node):
            found.append(node)
    return found


def _is_nothing(node: ast.stmt) -> bool:
    """Whether a statement is a docstring, or one that does nothing."""
    constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return constant or isinstance(node, ast.Pass)


@dataclass
class _Reader:
    module: str
    package: str
    imports: dict[str, str] = field(default_factory=dict)
    loads: list[str] = field(default_factory=list)
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    effects: list[Piece] = field(default_factory=list)
    changes_numbers: bool | None = None
    counts_as: str | None = None
    names: dict[str, str] = field(default_factory=dict)
    bindings: dict[str, int] = field(default_factory=dict)

    def bound(self, node: ast.stmt) -> Scope:
        """The names that a statement defines."""
        says = _marker(node, MARKER) or _marker(node, DOOR)
        nothing = says or isinstance(node, ast.Import | ast.ImportFrom)
        return {} if nothing else statement_scope([node], self.package)

    def name_all(self, statements: list[tuple[ast.stmt, Scope]]) -> None:
        """Find out what each name of the module means, before any code is read."""
        for node, names in statements:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.imports |= dict(imported(node, self.package))
            for name in names:
                self.bindings[name] = self.bindings.get(name, 0) + 1
        # A name that is imported and bound otherwise is a definition with an import in it.
        self.imports = {k: path for k, path in self.imports.items() if k not in self.bindings}
        defined = {name: f"{self.module}.{name}" for name in self.bindings}
        self.names = self.imports | defined

    def read(self, node: ast.stmt, names: Scope) -> None:
        """Read a statement of the module, which defines these names."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._read_import(node)
        elif marker := _marker(node, MARKER):
            self.changes_numbers = bool(marker.value)
        elif door := _marker(node, DOOR):
            self.counts_as = str(door.value)
        else:
            piece = self._piece(node)
            for name in names:
                self.pieces.setdefault(name, []).append(piece)
            if not self._only_names(node):
                self.effects.append(piece)

    def _read_import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            self.loads += [alias.name for alias in node.names]
        for name, path in imported(node, self.package):
            self.loads += [path.rpartition(".")[0], path]
            if name == "*":
                self.effects.append(self._piece(node))
            elif name in self.bindings:
                self.pieces.setdefault(name, []).append(self._piece(node))

    def _piece(self, node: ast.stmt) -> Piece:
        # A name that is bound again further down means something else here.
        unfinished = {
            name: f"{len(self.pieces.get(name, []))} of {times}"
            for name, times in self.bindings.items()
            if 0 < len(self.pieces.get(name, [])) < times
        }
        shape = Shape(self.names, self.package, unfinished, followed_in(self.module))
        shape.visit(node)
        return Piece(shape.digest, tuple(shape.references))

    def _only_names(self, node: ast.stmt) -> bool:
        """Whether a statement does nothing but to give names to values.

        A decorator that is followed may enter what it decorates somewhere, and counts as doing so.
        """
        if isinstance(node, _DEFINITION):
            called = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
            paths = (dotted(part) for part in called)
            first = {self.names.get(path[0], "") for path in paths if path}
            return followed_in(self.module).isdisjoint(path.partition(".")[0] for path in first)
        if isinstance(node, _ASSIGNMENT):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return all(isinstance(part, _UNPACKED) for target in targets for part in _parts(target))
        return False


def _marker(node: ast.stmt, name: str) -> ast.Constant | None:
    """What a module says of itself under this name, where this statement says it."""
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)):
        return None
    return node.value if [dotted(target) for target in node.targets] == [[name]] else None


def _parts(target: ast.expr) -> list[ast.expr]:
    """A target and those that it unpacks into."""
    if isinstance(target, ast.Tuple | ast.List):
        return [target, *(part for element in target.elts for part in _parts(element))]
    return [target, *_parts(target.value)] if isinstance(target, ast.Starred) else [target]


def _joined(pieces: list[Piece]) -> Piece:
    """The statements that make a definition, as one."""
    shape = sha256("\n".join(piece.shape for piece in pieces).encode()).hexdigest()
    return Piece(shape, tuple(reference for piece in pieces for reference in piece.references))
