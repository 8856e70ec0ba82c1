"""Parts of the user's own: files of the project's folder `parts`, entries of installed packages.

`parts/fidelity/edges.py` is the loss `edges`. So is the module that an installed package enters as
`edges` in the group `asymmetry.fidelity` of its entry points. Nothing is imported here: the names
are those of files and entries, and what a part says of itself is read from its source.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from asymmetry.core.errors import UserError
from asymmetry.core.names import check_name
from asymmetry.core.own_imports import PARTS, importable

CHANGES_NUMBERS = False
# What a module of each kind has at its top.
NEEDED = {
    "fidelity": ("build",),
    "backbones": ("SPEC",),
    "metrics": ("CONTRACT",),
    "figures": ("TITLE", "caption", "numbers", "draw"),
}
NO_PYTHON = "is no Python; correct it"
_PACKAGE = Path(__file__).parents[1]
_FILE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ENTRY_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")
_KNOWN: dict[str, dict[str, "OwnPart"]] = {kind: {} for kind in NEEDED}


@dataclass(frozen=True)
class OwnPart:
    """A part of the user's own: a module of that name, in a file.

    `package` is the folder of the outermost package around it; of a module in none, the file
    without its suffix. `place` says in messages where it is.
    """

    kind: str
    name: str
    module: str
    file: Path
    package: Path
    place: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of its file; UserError where that is no Python."""
        try:
            return ast.parse(self.file.read_bytes())
        except SyntaxError as error:
            raise UserError(
                f"{self.place}, line {error.lineno}: {NO_PYTHON}: {error.msg}"
            ) from None

    @cached_property
    def defined(self) -> set[str]:
        """The names that its module gives to something, imports among them."""
        return set(_bound(self.tree))

    def value(self, name: str) -> ast.expr | None:
        """What the module sets a name to; None where it does not."""
        for node in self.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AnnAssign):
                targets = [node.target]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                return node.value  # type: ignore[attr-defined]
        return None

    def literal(self, name: str) -> Any:
        """The plain value that the module sets a name to; None where it does not.

        Raises UserError where that is something to be computed.
        """
        node = self.value(name)
        return None if node is None else self.plain(node, name)

    def plain(self, node: ast.expr, name: str) -> Any:
        """The value of an expression of constants; `name` is what it belongs to, for the error."""
        try:
            return ast.literal_eval(node)
        except ValueError:
            raise UserError(
                f"{self.place}, line {node.lineno}: {name}: is read without running the file; "
                "write its values out, as numbers, texts, tuples and so on"
            ) from None


def own_parts(kind: str) -> Mapping[str, OwnPart]:
    """The parts of a kind that were found when a study was read, by name."""
    return _KNOWN[kind]


def check_part(name: str, allowed: Collection[str], what: str, kind: str, key: str = "") -> str:
    """`name` itself where it is allowed; otherwise ValueError, which also says where own parts are.

    So a node of a cluster that lacks a part, or a start in another folder, is told as that.
    """
    try:
        return check_name(name, allowed, what, key)
    except ValueError as error:
        folder = Path(PARTS, kind).absolute()
        raise ValueError(
            f"{error}. Nor is it a part of your own, in {folder} or in a package installed here"
        ) from None


def own_packages() -> dict[str, Path]:
    """The outermost packages around the parts that were found, each with its folder."""
    found = [part for parts in _KNOWN.values() for part in parts.values()]
    return {part.module.partition(".")[0]: part.package for part in found}


def own_files() -> dict[str, Path]:
    """The Python files of the packages around the parts that were found, by their places."""
    found: dict[str, Path] = {}
    for package, root in own_packages().items():
        files = root.rglob("*.py") if root.is_dir() else [root.with_name(f"{root.name}.py")]
        found |= {f"{package}{_below(file, root)}": file for file in files}
    return found


def _below(file: Path, root: Path) -> str:
    return f"/{file.relative_to(root).as_posix()}" if root.is_dir() else ".py"


def find_own_parts() -> list[OwnPart]:
    """Look for parts in the current folder and in installed packages; those that are new.

    Raises UserError for a part without what its kind needs, a file that is no Python, two parts of
    one name, a name of the package's own, and where this process has the parts of another folder.
    """
    new: dict[tuple[str, str], OwnPart] = {}
    for part in [*_in_folder(Path(PARTS)), *_entered()]:
        key = part.kind, part.name
        known = _KNOWN[part.kind].get(part.name) or new.get(key)
        if known and known.place != part.place:
            raise UserError(
                f"{part.place}: '{part.name}' is also {known.place}; rename or remove one of them"
            )
        if not known:
            _check(part)
            new[key] = part
    for part in new.values():
        _KNOWN[part.kind][part.name] = part
    return list(new.values())


def forget(parts: Iterable[OwnPart]) -> None:
    """Take parts for not found, as they were wrong in another way."""
    for part in parts:
        del _KNOWN[part.kind][part.name]


def _check(part: OwnPart) -> None:
    if (_PACKAGE / part.kind / f"{part.name}.py").is_file():
        raise UserError(
            f"{part.place}: asymmetry.{part.kind} has a module '{part.name}'; choose another name"
        )
    for name in NEEDED[part.kind]:
        if name not in part.defined:
            needed = ", ".join(NEEDED[part.kind])
            raise UserError(
                f"{part.place}: has no `{name}`; a part of {part.kind} has {needed} "
                "(see CONTRIBUTING.md)"
            )


def _in_folder(folder: Path) -> Iterator[OwnPart]:
    """The parts in `parts`; what begins with `_` helps them, and files beside the folders do."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name[0] in "_." or not path.is_dir() or not any(path.glob("*.py")):
            continue
        try:
            check_name(path.name, NEEDED, "kind of part", key=str(path))
        except ValueError as error:
            raise UserError(f"{error} (what helps parts begins with `_`)") from None
        for file in sorted(path.glob("[!_.]*.py")):
            if not _FILE_NAME.fullmatch(file.stem):
                raise UserError(
                    f"{file}: the name of a part has letters, digits and `_` only; rename the file"
                )
            whole = folder.resolve()
            importable(whole)
            module = f"{PARTS}.{path.name}.{file.stem}"
            yield OwnPart(path.name, file.stem, module, file.resolve(), whole, str(file))


@cache
def _entered() -> list[OwnPart]:
    """The parts that installed packages enter."""
    every = entry_points()
    return [_entry(kind, entry) for kind in NEEDED for entry in _group(every, kind)]


def _group(every: Any, kind: str) -> list[EntryPoint]:
    return sorted(every.select(group=f"asymmetry.{kind}"), key=lambda entry: entry.name)


def _entry(kind: str, entry: EntryPoint) -> OwnPart:
    dist = entry.dist.name if entry.dist else "?"
    place = f"entry point {entry.name} of asymmetry.{kind} in {dist}"
    if not _ENTRY_NAME.fullmatch(entry.name):
        raise UserError(f"{place}: the name of a part has letters, digits and _ . + - only")
    if entry.attr:
        raise UserError(f"{place}: names '{entry.value}'; name the module alone, {entry.module}")
    top, *rest = entry.module.split(".")
    spec = find_spec(top)  # of an outermost package, nothing is imported for it
    origin = [spec.origin.removesuffix(".py")] if spec and spec.origin else []
    for folder in map(Path, (spec and spec.submodule_search_locations) or origin):
        path = folder.joinpath(*rest)
        for file in (path / "__init__.py", path.with_name(f"{path.name}.py")):
            if file.is_file():
                return OwnPart(kind, entry.name, entry.module, file, folder, place)
    raise UserError(f"{place}: there is no module {entry.module}; install {dist} again")


def _bound(tree: ast.Module) -> Iterator[str]:
    """The names that the statements of a module bind, those inside functions and classes apart."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        else:
            waiting += ast.iter_child_nodes(node)
