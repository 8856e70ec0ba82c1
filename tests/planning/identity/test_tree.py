"""The package's own tree: moved, renamed, split and edited."""

import ast
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from asymmetry.planning.identity import package_code
from asymmetry.planning.identity.code import Code, Node
from tests.conftest import small_values
from tests.planning.identity.tree import SOURCE, Roots, all_roots, copy_tree, file_of, move, renamed

PACKAGES = sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))
Digests = dict[str, str]


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Roots]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("workplace"))
        return all_roots()


@pytest.fixture(scope="module")
def before(roots: dict[str, Roots]) -> Digests:
    return digests(package_code(), roots)


def digests(code: Code, roots: dict[str, Roots]) -> Digests:
    return {name: code.digest(some) for name, some in roots.items()}


def moved_roots(roots: dict[str, Roots], names: dict[str, str]) -> dict[str, Roots]:
    return {name: frozenset(renamed(root, names) for root in some) for name, some in roots.items()}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_may_move(tmp_path: Path, package: str, roots: dict[str, Roots], before: Digests):
    names = {f"asymmetry.{package}": f"asymmetry.rooms.{package}_of_old"}
    root = copy_tree(tmp_path)
    move(root, names)
    assert digests(Code(root), moved_roots(roots, names)) == before


def test_modules_may_be_renamed(tmp_path: Path, roots: dict[str, Roots], before: Digests):
    names = {
        "asymmetry.data.images": "asymmetry.data.pictures",
        "asymmetry.training.loop": "asymmetry.training.steps",
        "asymmetry.core.randomness": "asymmetry.core.draws",
        "asymmetry.core.files": "asymmetry.core.storage",
        "asymmetry.core.torchvision_ops": "asymmetry.core.operators",
        "asymmetry.figures.style": "asymmetry.figures.looks",
    }
    root = copy_tree(tmp_path)
    move(root, names)
    assert digests(Code(root), moved_roots(roots, names)) == before


IDS = """
import json
from asymmetry.ROOMplanning.plan import Plan
from asymmetry.ROOMpipeline.stages import Stages
from asymmetry.ROOMstudy import parse_study
stages = Stages(Plan(parse_study(json.loads(input()), "params.yaml")))
stamps = stages.stamps
print(json.dumps([
    [*stages.plan.by_id],
    [str(part.path) for part in stages.parts],
    {name: stamps.digest(name) for name in stamps.by_name},
]))
"""


def ids(root: Path, room: str, folder: Path) -> object:
    """The ids, parts and stamps of a study with two losses, as the package in `root` has them."""
    values = small_values()
    values["grid"]["fidelity"] = ["gmsd", "dists-vgg16-random"]
    environment = os.environ | {"PYTHONPATH": str(root.parent)}
    command = [sys.executable, "-c", IDS.replace("ROOM", room)]
    done = subprocess.run(
        command,
        input=json.dumps(values),
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_ids_parts_and_stamps_outlive_the_move_of_everything(tmp_path: Path):
    root = copy_tree(tmp_path)
    modules = [path.stem for path in root.glob("*.py") if not path.stem.startswith("__")]
    names = {f"asymmetry.{name}": f"asymmetry.rooms.{name}" for name in [*PACKAGES, *modules]}
    unmoved = ids(SOURCE, "", tmp_path)
    move(root, names)
    assert ids(root, "rooms.", tmp_path) == unmoved


def check_splits(root: Path, modules: list[str], roots: dict[str, Roots], before: Digests) -> None:
    """Half of the definitions of each module, drawn by lot, go to another one."""
    draw = random.Random(2)
    for module in modules:
        path, defined = file_of(root, module), [*package_code().module(module).definitions]
        text = path.read_text()
        split(path, module, draw.sample(defined, len(defined) // 2))
        assert digests(Code(root), roots) == before, module
        path.write_text(text)
        path.with_stem(f"{path.stem}_part").unlink()


@pytest.mark.parametrize(
    "module",
    ["data.degrade", "metrics.ssim", "fidelity.dists", "figures.crops", "backbones.transformer"],
)
def test_a_split_changes_no_digest(
    tmp_path: Path, module: str, roots: dict[str, Roots], before: Digests
):
    check_splits(copy_tree(tmp_path), [f"asymmetry.{module}"], roots, before)


@pytest.mark.long
def test_a_split_of_any_module_changes_no_digest(
    tmp_path: Path, roots: dict[str, Roots], before: Digests
):
    code = package_code()
    modules = [name for name in code.modules if name.count(".") > 1 and code.declared(name)]
    several = [name for name in modules if len(code.module(name).definitions) > 2]
    check_splits(copy_tree(tmp_path), several, roots, before)


def split(path: Path, module: str, taken: list[str]) -> None:
    """Move definitions of a module to a new one beside it; both import what they lack."""
    text = path.read_text()
    body = ast.parse(text).body
    kept: dict[bool, list[str]] = {True: [], False: []}
    names: dict[bool, list[str]] = {True: [], False: []}
    imports, markers = [], []
    for node in body:
        lines = text.splitlines()[_first(node) - 1 : node.end_lineno]
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append("\n".join(lines))
        elif "".join(lines).startswith("CHANGES_NUMBERS"):
            markers.append("".join(lines))  # true of both parts
        else:
            own = [name for part in ast.walk(node) for name in _bound(part)]
            own = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else own
            goes = bool(set(own) & set(taken))
            kept[goes].append("\n".join(lines))
            names[goes] += own
    for goes, place, other in (
        (True, path.with_stem(f"{path.stem}_part"), module),
        (False, path, f"{module}_part"),
    ):
        needed = ", ".join(dict.fromkeys(names[not goes]))
        parts = [*imports, f"from {other} import {needed}", *markers, *kept[goes]]
        place.write_text("\n\n".join(parts) + "\n")


def _first(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _bound(node: ast.AST) -> list[str]:
    """The names that a part of a statement binds: by assignment, or by an import in a `with`."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    return [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else []


def constants(module: str) -> list[tuple[str, ast.Constant]]:
    """The numbers in a module's code, each with the name of the definition that holds it."""
    found = []
    for node in ast.parse(file_of(SOURCE, module).read_bytes()).body:
        names = [getattr(node, "name", "")]
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [
                t.id for target in targets for t in ast.walk(target) if isinstance(t, ast.Name)
            ]
        found += [(names[0], one) for one in ast.walk(node) if _is_number(one) and names[0]]
    return found


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


@contextmanager
def another_number(path: Path, constant: ast.Constant) -> Iterator[None]:
    """A file with another value of one of its constants."""
    text = path.read_text()
    lines = text.splitlines(keepends=True)
    line = lines[constant.lineno - 1].encode()
    start, end = constant.col_offset, constant.end_col_offset
    lines[constant.lineno - 1] = (line[:start] + b"12345" + line[end:]).decode()
    path.write_text("".join(lines))
    yield
    path.write_text(text)


def numeric_modules() -> list[str]:
    code = package_code()
    return [name for name in code.modules if code.declared(name) and constants(name)]


def check_constants(
    tmp_path: Path, modules: list[str], roots: dict[str, Roots], before: Digests
) -> None:
    root, draw = copy_tree(tmp_path), random.Random(0)
    reached = {name: package_code().reached(some) for name, some in roots.items()}
    for module in modules:
        definition, constant = draw.choice(constants(module))
        with another_number(file_of(root, module), constant):
            after = digests(Code(root), roots)
        changed = {name for name in roots if after[name] != before[name]}
        holds = {name for name in roots if Node(module, definition) in reached[name]}
        assert changed == holds, (module, definition)


def test_a_changed_constant_changes_exactly_what_reaches_it(
    tmp_path: Path, roots: dict[str, Roots], before: Digests
):
    modules = random.Random(1).sample(numeric_modules(), 12)
    check_constants(tmp_path, modules, roots, before)


@pytest.mark.long
def test_a_changed_constant_of_any_module_changes_exactly_what_reaches_it(
    tmp_path: Path, roots: dict[str, Roots], before: Digests
):
    check_constants(tmp_path, numeric_modules(), roots, before)


@pytest.mark.parametrize(
    ("module", "old", "new", "counts"),
    [
        ("imaging.resize", "1.5", "1.6", {"warm-start", "none", "vgg-patch", "vit-vanilla"}),
        ("training.loop", "0.0", "0.1", {"warm-start", "none", "vgg-patch", "vit-vanilla"}),
        ("discriminators.losses", "relu(1 - real)", "relu(2 - real)", {"vgg-patch", "vit-vanilla"}),
        ("backbones.sequence", '"smallest", 1', '"smallest", 2', {"vgg-patch"}),
        ("backbones.transformer", "prune_norm=True", "prune_norm=False", {"vit-vanilla"}),
        ("fidelity.ms_ssim", "0.0448", "0.0449", set()),
    ],
)
def test_a_changed_formula_changes_the_runs_that_use_it(
    tmp_path: Path,
    module: str,
    old: str,
    new: str,
    counts: set[str],
    roots: dict[str, Roots],
    before: Digests,
):
    root = copy_tree(tmp_path)
    path = file_of(root, f"asymmetry.{module}")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    after = digests(Code(root), roots)
    changed = {
        name.split("/")[3] for name in roots if "seed" in name and after[name] != before[name]
    }
    assert changed == counts
