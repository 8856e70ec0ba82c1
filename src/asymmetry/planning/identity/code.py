"""The definitions of the package that code reaches, and a digest of them that knows no places.

A definition is a function, a class or a value at the top of a module. It reaches those that it
mentions, and whatever is done when a module is imported on its way. Names are followed through
imports to what they stand for, so that the digest is that of the code wherever it lies.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from asymmetry.core.errors import UserError
from asymmetry.core.own_parts import NO_PYTHON
from asymmetry.planning.identity.kept import KeptModules
from asymmetry.planning.identity.reading import Module, Piece, read_module
from asymmetry.planning.identity.shapes import PACKAGE, Reference, followed_in


class Node(NamedTuple):
    """A definition by module and name; a whole module or a statement of it by another name.

    Without a module, it is something outside of what is followed, and its name says all of it.
    """

    module: str
    name: str


_WHOLE = "*"  # the name of a module as a whole: what is looked up in it, nobody knows


class _Code(NamedTuple):
    """The code of a node alone, and what it mentions; the order does not count in a `_WHOLE`."""

    sha256: str
    targets: tuple[Node, ...]


class Code:
    """The code of the package that lies in the folder `root`, as it was when first looked at.

    `own` are the outermost packages around parts of the user's own, each with its folder; of one
    that is a module, its file without the suffix. `kept` saves reading what was read before.
    """

    def __init__(
        self, root: Path, own: Mapping[str, Path] | None = None, kept: KeptModules | None = None
    ) -> None:
        self.roots = {**(own or {}), PACKAGE: root}
        self._kept = kept
        self._modules: dict[str, Module | None] = {}
        self._codes: dict[Node, _Code] = {}
        self._digests: dict[frozenset[str], str] = {}

    def digest(self, roots: Iterable[str]) -> str:
        """The sha256 (hex) of all that the roots reach: `module:definition`, or whole modules."""
        key = frozenset(roots)
        if key not in self._digests:
            self._digests[key] = self._digest(key)
            if self._kept:
                self._kept.write()
        return self._digests[key]

    def reached(self, roots: Iterable[str]) -> set[Node]:
        """The roots and all that they reach, directly or not."""
        found: set[Node] = set()
        loaded: set[str] = set()
        waiting = [node for root in roots for node in self._start(root)]
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += self._code(node).targets
                waiting += self._effects(node.module, loaded)
        return found

    def own_digests(self, roots: Iterable[str]) -> dict[str, str]:
        """The sha256 (hex) of what is reached in each module, by the module's name, sorted.

        This one is for people: it says where the code changed, so names of definitions count.
        """
        parts: dict[str, list[str]] = {}
        for node in self.reached(roots):
            if node.module:
                code = self._code(node)
                names = (target.name for target in code.targets)
                parts.setdefault(node.module, []).append(_sha256(node.name, code.sha256, *names))
        return {module: _sha256(*sorted(parts[module])) for module in sorted(parts)}

    @cached_property
    def modules(self) -> list[str]:
        """The dotted names of all modules of the packages, sorted."""
        names = [
            ".".join((package, *path.relative_to(root).with_suffix("").parts))
            for package, root in self.roots.items()
            for path in root.rglob("*.py")
        ]
        return sorted(name.removesuffix(".__init__") for name in names)

    def declared(self, module: str) -> bool | None:
        """Whether a module may change numbers, as it says, or else the package around it."""
        while module:
            found = self.module(module)
            if found is not None and found.changes_numbers is not None:
                return found.changes_numbers
            module = module.rpartition(".")[0]
        return None

    def module(self, name: str) -> Module | None:
        """The module of this dotted name; None where there is none."""
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def find(self, path: str) -> tuple[Node, str]:
        """What a dotted path names, and the attributes of that at its end."""
        module, *names = path.split(".")
        if module not in self.roots:
            return Node("", path), ""
        for index, name in enumerate(names):
            known = self.module(module)
            rest = names[index + 1 :]
            if known is not None and name in known.definitions:
                if known.counts_as:
                    return self.find(".".join([known.counts_as, name, *rest]))
                return Node(module, name), ".".join(rest)
            inside = f"{module}.{name}"
            # A package that imports its own module by name leads to that module, not to itself.
            if known is not None and known.imports.get(name, inside) != inside:
                return self.find(".".join([known.imports[name], *rest]))
            if self.module(inside) is None:
                return Node(module, _WHOLE), ".".join(names[index:])
            module = inside
        return Node(module, _WHOLE), ""

    def _read(self, name: str) -> Module | None:
        package, *rest = name.split(".")
        if package not in self.roots:
            return None
        path = self.roots[package].joinpath(*rest)
        for file in (path / "__init__.py", path.with_name(f"{path.name}.py")):
            if file.is_file():
                return self._read_file(name, file)
        return read_module(name, b"", True) if path.is_dir() else None

    def _read_file(self, name: str, file: Path) -> Module:
        """The module in a file; UserError where that is no Python, as one of the user's may be."""
        read = self._kept.read if self._kept else read_module
        try:
            return read(name, file.read_bytes(), file.stem == "__init__")
        except SyntaxError as error:
            raise UserError(f"{file}, line {error.lineno}: {NO_PYTHON}: {error.msg}") from None

    def _digest(self, roots: frozenset[str]) -> str:
        codes = {node: self._code(node) for node in self.reached(roots)}
        # Deeper and deeper, until no two definitions can be told apart that could not be before:
        # cycles need no care then, and no definition needs a name.
        former: dict[Node, str] = {}
        digests = {node: code.sha256 for node, code in codes.items()}
        while len(set(former.values())) < len(set(digests.values())):
            former = digests
            digests = {node: _with_targets(code, former, node) for node, code in codes.items()}
        named = {node for root in roots if ":" in root for node in self._start(root)}
        root_digests = sorted({digests[node] for node in named})
        return _sha256(*sorted(set(digests.values())), "from", *root_digests)

    def _start(self, root: str) -> Iterator[Node]:
        """The definitions that a root stands for; ModuleNotFoundError where there are none.

        These count even in a module that says that it changes no number.
        """
        module, colon, name = root.partition(":")
        if self.module(module) is None:
            raise ModuleNotFoundError(f"no module {module}", name=module)
        if colon:
            node, rest = self.find(f"{module}.{name}")
            if rest or node.name == _WHOLE:
                raise ModuleNotFoundError(f"no definition {root}", name=module)
            yield node
        else:
            yield from self._members(module)

    def _code(self, node: Node) -> _Code:
        if node not in self._codes:
            self._codes[node] = self._resolved(node)
        return self._codes[node]

    def _resolved(self, node: Node) -> _Code:
        if not node.module:
            return _Code(_sha256("outside", node.name), ())
        if node.name == _WHOLE:
            inside = [name for name in self.modules if name.startswith(f"{node.module}.")]
            parts = (self._followed(Node(name, _WHOLE)) for name in inside)
            return _Code(_WHOLE, (*self._members(node.module), *parts))
        piece = self._piece(node)
        found = [self._mentioned(reference) for reference in piece.references]
        attributes = [rest for _, rest in found]
        name = "" if node.name.isdigit() else node.name
        sha256 = _sha256(name, piece.shape, *attributes)
        return _Code(sha256, tuple(target for target, _ in found))

    def _piece(self, node: Node) -> Piece:
        module = self.module(node.module)
        assert module is not None
        if node.name.isdigit():
            return module.effects[int(node.name)]
        return module.definitions[node.name]

    def _members(self, name: str) -> list[Node]:
        """All that a module defines or does, and the definitions of the package that it imports."""
        module = self.module(name)
        if module is None:
            return []
        followed = followed_in(name)
        paths = (p for p in module.imports.values() if p.partition(".")[0] in followed)
        imported = (self._mentioned(Reference(path))[0] for path in paths)
        effects = (Node(name, str(index)) for index in range(len(module.effects)))
        defined = (Node(name, definition) for definition in module.definitions)
        named = (node for node in imported if node.module and node.name != _WHOLE)
        return [*defined, *named, *effects]

    def _mentioned(self, reference: Reference) -> tuple[Node, str]:
        """What a reference stands for. A text that names no place is a text like any other."""
        node, rest = self.find(reference.path)
        names_nothing = bool(rest) or (":" in reference.text and node.name == _WHOLE)
        if reference.text and names_nothing:
            return Node("", repr(reference.text)), ""
        return self._followed(node), rest

    def _followed(self, node: Node) -> Node:
        """The node, or its bare name where its module cannot change a number."""
        if node.module and self.declared(node.module) is False:
            return Node("", f"without numbers: {node.name}")
        return node

    def _effects(self, module: str, loaded: set[str]) -> Iterator[Node]:
        """What is done where this module is imported, beyond the modules `loaded` before."""
        waiting = [module]
        while waiting:
            name = waiting.pop()
            if not name or name in loaded or self.module(name) is None:
                continue
            loaded.add(name)
            waiting.append(name.rpartition(".")[0])
            known = self.module(name)
            if known is not None and self.declared(name) is not False:
                followed = followed_in(name)
                waiting += [path for path in known.loads if path.partition(".")[0] in followed]
                yield from (Node(name, str(index)) for index in range(len(known.effects)))


def _with_targets(code: _Code, digests: dict[Node, str], node: Node) -> str:
    """The digest of a node, given those of what it mentions."""
    found = [digests[target] for target in code.targets]
    return _sha256(code.sha256, *(sorted(set(found)) if node.name == _WHOLE else found))


def _sha256(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()
