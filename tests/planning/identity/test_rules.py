"""What modules that change numbers must not do, as the identity could not follow it."""

import ast
from pathlib import Path

import pytest

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.planning.identity import package_code
from asymmetry.planning.identity.code import Node
from tests.planning.identity.tree import SOURCE, all_roots, file_of

CODE = package_code()
NUMERIC = [name for name in CODE.modules if CODE.declared(name)]
# These import by a name that a study gives. What they import is among the roots of every run and
# stage that uses it (`code_of`, `builder_of`), or below a package that counts as a whole.
BY_NAME = {
    "asymmetry.analysis.hypotheses.registry",
    "asymmetry.backbones.registry",
    "asymmetry.fidelity.as_metric",  # of a borrowed metric
    "asymmetry.figures.registry",
    "asymmetry.metrics.build",
    "asymmetry.metrics.learned",  # of pyiqa
}
UNSEEN_NAMES = {"eval", "exec", "globals", "__import__"}
UNSEEN_ATTRIBUTES = {"__subclasses__", "__init_subclass__", "__getattr__"}


def tree_of(module: str) -> ast.Module:
    return ast.parse(file_of(SOURCE, module).read_bytes())


def names_in(node: ast.AST, *fields: str) -> set[str]:
    """The names in code: those of variables, of attributes, of functions and classes."""
    fields = fields or ("id", "attr", "name")
    found = (getattr(part, field, None) for part in ast.walk(node) for field in fields)
    return {name for name in found if isinstance(name, str)}


def test_every_module_says_whether_it_changes_numbers_or_its_package_does():
    assert [name for name in CODE.modules if CODE.declared(name) is None] == ["asymmetry"]


def test_what_changes_numbers_lies_in_a_package_that_says_so():
    """A new module there counts, until it says otherwise: a part that was split off, say."""
    apart = [name for name in NUMERIC if CODE.declared(name.rpartition(".")[0]) is False]
    assert apart == ["asymmetry.planning.overlaps"]  # shown on the page, and by `asymmetry plan`


@pytest.mark.parametrize(
    "module", ["training.loop", "imaging.resize", "fidelity.l1", "metrics.gmsd"]
)
def test_formulas_change_numbers(module: str):
    assert f"asymmetry.{module}" in NUMERIC


@pytest.mark.parametrize(
    "module", ["core.errors", "planning.plan", "study", "study.axes", "training.logs"]
)
def test_names_checks_and_records_do_not(module: str):
    assert CODE.declared(f"asymmetry.{module}") is False


def test_nothing_is_looked_up_where_no_one_can_follow():
    for module in NUMERIC:
        tree = tree_of(module)
        assert not names_in(tree, "id") & UNSEEN_NAMES, module
        assert not names_in(tree, "attr", "name") & UNSEEN_ATTRIBUTES, module
        assert "sys.modules" not in ast.unparse(tree), module
        # Whoever calls such a function need not be reached by whoever reads what it sets.
        assert not [part for part in ast.walk(tree) if isinstance(part, ast.Global)], module


def test_other_packages_are_imported_to_be_used():
    """One that is imported for what it does then is invisible: call what it does instead."""
    for module in NUMERIC:
        tree, imported = tree_of(module), set[str]()
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                place = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
                imported |= {
                    alias.asname or alias.name.partition(".")[0]
                    for alias in node.names
                    if not f"{place}.{alias.name}".strip(".").startswith("asymmetry")
                }
        assert imported <= names_in(tree, "id"), module


def test_modules_are_imported_by_name_in_known_places_only():
    found = {name for name in NUMERIC if "import_module" in names_in(tree_of(name))}
    assert found == BY_NAME


def test_what_is_called_at_import_has_a_name_that_is_read(workplace: Path):
    """A value that nobody reads is there for what its making does: write that as a statement."""
    read = {node for roots in all_roots().values() for node in CODE.reached(roots)}
    for name in CODE.modules:
        module = CODE.module(name)
        for piece in [*module.definitions.values(), *module.effects]:
            read |= {CODE.find(reference.path)[0] for reference in piece.references}
    for module in NUMERIC:
        package = module.rpartition(".")[0]
        if {Node(module, "*"), Node(package, "*")} & read:
            continue
        for node in tree_of(module).body:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                called = any(isinstance(part, ast.Call) for part in ast.walk(node))
            else:
                called = bool(getattr(node, "decorator_list", []))
            targets = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and is_bound(n)]
            names = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else targets
            assert not called or {Node(module, one) for one in names} & read, (module, names)


def is_bound(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def test_every_builder_is_there():
    for spec in BACKBONES.values():
        assert CODE.reached([spec.builder])


def test_a_door_leads_to_definitions_of_the_same_names_and_changes_no_number_itself():
    doors = [name for name in CODE.modules if (found := CODE.module(name)) and found.counts_as]
    assert doors == ["asymmetry.generators.registry"]
    assert not CODE.declared(doors[0])
    assert CODE.find(f"{doors[0]}.build_generator") == (
        Node("asymmetry.generators.build", "build_generator"),
        "",
    )
