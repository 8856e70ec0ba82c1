"""Small invented packages: what counts for a digest, and what does not."""

from pathlib import Path
from textwrap import dedent

import pytest

from asymmetry.planning.identity.code import Code

LOOP = """
    from asymmetry.loss import l

    def train(x):
        return l(x)
"""
LOSS = """
    def l(a):
        return a + half(a)

    def half(a):
        return a / 2
"""
FILES = {"loop": LOOP, "loss": LOSS, "figure": "colour = 1"}


def package(folder: Path, files: dict[str, str]) -> Code:
    """A package of these modules, written anew; `study/axes` is `asymmetry.study.axes`."""
    for name, text in {"__init__": "", **files}.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return Code(folder)


def digest(folder: Path, changes: dict[str, str], root: str = "asymmetry.loop:train") -> str:
    """The digest of a root in the package of `FILES` after changes, in a folder of its own."""
    number = len(list(folder.iterdir()))
    return package(folder / str(number), FILES | changes).digest([root])


def test_definitions_are_followed_one_by_one(tmp_path: Path):
    code = package(tmp_path, FILES | {"loss": LOSS + "\n    def other(a):\n        return a\n"})
    assert code.reached(["asymmetry.loop:train"]) == {
        ("asymmetry.loop", "train"),
        ("asymmetry.loss", "l"),
        ("asymmetry.loss", "half"),
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"loss": LOSS.replace("/ 2", "/ 3")},
        {"loss": LOSS.replace("a + half(a)", "a - half(a)")},
        {"loop": LOOP.replace("l(x)", "l(x) + 0")},
        {"loss": LOSS.replace("a / 2", "SCALE * a") + "\n    SCALE = 2\n"},
        {"loss": LOSS + "\n    import warnings\n    warnings.simplefilter('ignore')\n"},
        {"loss": LOSS.replace("half(a):", "half(a, b=1):")},
    ],
)
def test_changed_code_changes_the_digest(tmp_path: Path, changes: dict[str, str]):
    assert digest(tmp_path, changes) != digest(tmp_path, {})


@pytest.mark.parametrize(
    "changes",
    [
        {"figure": "colour = 2"},
        {"loss": LOSS + "\n    def other(a):\n        return a\n"},
        {"loss": LOSS.replace("def l", "# why\n    def l  ").replace("a / 2", "(a / 2)  # here")},
        {
            "loss": '    """Words."""\n'
            + LOSS.replace("return a +", '"""Adds."""\n        return a +')
        },
        {
            "loss": "    from typing import TYPE_CHECKING\n"
            "    if TYPE_CHECKING:\n        import asymmetry.figure\n" + LOSS
        },
    ],
)
def test_other_code_comments_docstrings_and_layout_do_not_count(
    tmp_path: Path, changes: dict[str, str]
):
    assert digest(tmp_path, changes) == digest(tmp_path, {})


HALF = LOSS[LOSS.index("    def half") :]
WHOLE = LOSS[: LOSS.index("    def half")]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(
            {"loop": LOOP.replace("loss", "deep.er.cost"), "deep/er/cost": LOSS}, id="move"
        ),
        pytest.param(
            {"loss": "from asymmetry.part import half\n" + dedent(WHOLE), "part": HALF}, id="split"
        ),
        pytest.param(
            {"loss": "import asymmetry.part as p\n" + dedent(WHOLE).replace("half", "p.half")}
            | {"part": HALF},
            id="by attribute",
        ),
        pytest.param(
            {"loop": LOOP.replace("loss", "cost"), "cost": "from asymmetry.loss import l as l"},
            id="imported through another",
        ),
        pytest.param({"loop": LOOP.replace("import l", "import l as m").replace("l(x)", "m(x)")}),
        pytest.param({"loop": LOOP.replace("asymmetry.loss", ".loss")}, id="relative"),
        pytest.param({"loss": HALF + WHOLE}, id="order"),
    ],
)
def test_code_may_move(tmp_path: Path, changes: dict[str, str]):
    assert digest(tmp_path, changes) == digest(tmp_path, {})


def test_a_root_may_move(tmp_path: Path):
    moved = digest(tmp_path, {"cost": LOSS, "loss": ""}, "asymmetry.cost:l")
    assert moved == digest(tmp_path, {}, "asymmetry.loss:l")


def test_a_module_as_a_root_may_be_split(tmp_path: Path):
    split = {"loss": "from asymmetry.part import half\n" + dedent(WHOLE), "part": HALF}
    whole = digest(tmp_path, {}, "asymmetry.loss")
    assert digest(tmp_path, split, "asymmetry.loss") == whole
    assert digest(tmp_path, {"loss": LOSS + "    more = 1"}, "asymmetry.loss") != whole


def test_functions_of_one_name_are_told_apart(tmp_path: Path):
    two = "from asymmetry.{} import f\n\ndef {}(x):\n    return f(x)\n"
    both = "from asymmetry.p import a\nfrom asymmetry.q import b\n\ntrain = lambda x: a(b(x))\n"
    files = {"one": "def f(x):\n    return x", "other": "def f(x):\n    return -x", "loop": both}
    straight = files | {"p": two.format("one", "a"), "q": two.format("other", "b")}
    crossed = files | {"p": two.format("other", "a"), "q": two.format("one", "b")}
    assert digest(tmp_path, straight) != digest(tmp_path, crossed)


CYCLE = """
    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)
"""


def test_a_cycle_counts_as_a_whole_and_by_its_beginning(tmp_path: Path):
    apart = {
        "loss": "from asymmetry.odd import odd\n" + dedent(CYCLE[: CYCLE.index("    def odd")]),
        "odd": "from asymmetry.loss import even\n" + dedent(CYCLE[CYCLE.index("    def odd") :]),
    }
    even = digest(tmp_path, {"loss": CYCLE}, "asymmetry.loss:even")
    assert digest(tmp_path, apart, "asymmetry.loss:even") == even
    assert digest(tmp_path, {"loss": CYCLE}, "asymmetry.loss:odd") != even
    changed = {"loss": CYCLE.replace("n != 0", "n > 0")}
    assert digest(tmp_path, changed, "asymmetry.loss:even") != even


@pytest.mark.parametrize(
    ("loss", "counts"),
    [
        # Names that are bound on the way are others than those of the module.
        ("def l(half):\n    return half", False),
        ("def l(a):\n    half = a\n    return half", False),
        ("def l(a):\n    return [half for half in a]", False),
        ("def l(a):\n    return (lambda half: half)(a)", False),
        ("def l(a):\n    with a as half:\n        return half", False),
        ("def l(a):\n    def half():\n        return 1\n    return half()", False),
        ("def l(a):\n    from math import sqrt as half\n    return half(a)", False),
        ("def l(a):\n    return a.half", False),
        # Here it is the module's own all the same.
        ("def l(a):\n    return [x for half in a for x in half] + [half(a)]", True),
        ("def l(a):\n    return [half for half in half]", True),
        ("def l(a, b=half):\n    return b", True),
        ("def l(half: half):\n    return half", True),
        ("def l(a):\n    return (lambda b=half: b)()", True),
        ("def l(a):\n    global half\n    half = a", True),
        ("class l:\n    half = half", True),
        ("class l:\n    half = 1\n    def f(self):\n        return half(2)", True),
        ("class l(half):\n    pass", True),
        ("@half\ndef l(a):\n    return a", True),
        ("l = [half(a) for a in range(3)]", True),
        ("l = 1\nl += half(1)", True),
        ("if True:\n    l = half(1)\nelse:\n    l = 1", True),
        ("l = {'half': lambda a: half(a)}", True),
    ],
)
def test_names_mean_what_they_mean_in_python(tmp_path: Path, loss: str, counts: bool):
    def of(half: str) -> str:
        text = f"def half(a):\n    return {half}\n\n{loss}\n"
        return digest(tmp_path, {"loss": text}, "asymmetry.loss:l")

    assert (of("a / 2") != of("a / 3")) == counts


@pytest.mark.parametrize(
    ("loop", "counts"),
    [
        ("from asymmetry import tools\n\ndef train():\n    return tools.used()", True),
        ("from asymmetry import tools\n\ndef train():\n    return tools.other()", False),
        ("from asymmetry import tools\n\ndef train(name):\n    return getattr(tools, name)", True),
        ("def train():\n    from asymmetry.tools import used", True),
        ("def train():\n    from asymmetry import tools", True),
        ("def train():\n    return 'asymmetry.tools:used'", True),
        ("def train():\n    return 'asymmetry.tools'", True),
        ("def train(name):\n    return f'asymmetry.{name}'", False),
        ("def train(name):\n    return f'asymmetry.deep.{name}'", True),
        ("def train():\n    return 'asymmetry.tools:other'", False),
        ("from asymmetry.tools import *\n\ndef train():\n    return used()", True),
        ("import asymmetry.deep\n\ndef train():\n    return asymmetry.deep.__path__", True),
    ],
)
def test_what_is_looked_up_counts(tmp_path: Path, loop: str, counts: bool):
    def of(used: str) -> str:
        tools = f"def used():\n    return {used}\n\ndef other():\n    return 1\n"
        return digest(
            tmp_path, {"loop": loop, "tools": tools, "deep/__init__": "", "deep/er": tools}
        )

    assert (of("1") != of("2")) == counts


@pytest.mark.parametrize(
    "statement",
    [
        "KNOWN['b'] = {}",
        "KNOWN.update(b={})",
        "KNOWN |= {{'b': {}}}",
        "for x in [{}]: KNOWN[x] = x",
    ],
)
def test_what_a_module_does_when_imported_counts(tmp_path: Path, statement: str):
    def of(value: str) -> str:
        table = f"KNOWN = {{'a': 1}}\n{statement.format(value)}\n\ndef look(x):\n    return x\n"
        loop = "from asymmetry.table import look\n\ndef train(x):\n    return look(x)"
        known = "from asymmetry.table import KNOWN\n\ndef train(x):\n    return KNOWN[x]"
        return digest(tmp_path, {"table": table, "loop": known if "|=" in statement else loop})

    assert of("1") != of("2")


def test_what_a_decorator_of_the_package_registers_counts(tmp_path: Path):
    def of(value: int) -> str:
        files = {
            "table": "KNOWN = []\n\ndef known(f):\n    KNOWN.append(f)\n    return f\n",
            "part": f"from asymmetry.table import known\n\n@known\ndef f():\n    return {value}\n",
            "loop": "import asymmetry.part\nfrom asymmetry.table import KNOWN\n\n"
            "def train():\n    return KNOWN\n",
        }
        return digest(tmp_path, files)

    assert of(1) != of(2)


def test_the_order_of_definitions_counts_where_a_name_is_bound_twice(tmp_path: Path):
    before = digest(tmp_path, {"loss": "X = 1\nl = X\nX = 2"}, "asymmetry.loss:l")
    assert digest(tmp_path, {"loss": "X = 1\nX = 2\nl = X"}, "asymmetry.loss:l") != before


class TestModulesWithoutNumbers:
    """They say so themselves, or the package around them does."""

    SHOW = "CHANGES_NUMBERS = {}\n\ndef show(x):\n    print({})\n\ndef hide(x):\n    pass\n"
    LOOP = "from asymmetry.show import {0}\n\ndef train(x):\n    {0}(x)\n    return x\n"

    def files(self, says: bool = False, text: str = "x", name: str = "show") -> dict[str, str]:
        return {"show": self.SHOW.format(says, text), "loop": self.LOOP.format(name)}

    def test_their_code_does_not_count(self, tmp_path: Path):
        found = {digest(tmp_path, self.files(text=text)) for text in ("x", "-x")}
        assert len(found) == 1

    def test_any_other_counts(self, tmp_path: Path):
        found = {digest(tmp_path, self.files(True, text)) for text in ("x", "-x")}
        assert len(found) == 2

    def test_the_name_of_what_is_called_counts(self, tmp_path: Path):
        found = {digest(tmp_path, self.files(name=name)) for name in ("show", "hide")}
        assert len(found) == 2

    def test_they_may_move(self, tmp_path: Path):
        files = self.files()
        moved = {"core/show": files["show"], "loop": files["loop"].replace(".show", ".core.show")}
        assert digest(tmp_path, moved) == digest(tmp_path, files)

    def test_as_a_root_one_counts(self, tmp_path: Path):
        found = {digest(tmp_path, self.files(text=t), "asymmetry.show:show") for t in ("x", "-x")}
        assert len(found) == 2

    def test_the_nearest_word_decides(self, tmp_path: Path):
        files = {
            "a/__init__": "CHANGES_NUMBERS = False",
            "a/b": "",
            "a/c": "CHANGES_NUMBERS = True",
            "d": "",
        }
        code = package(tmp_path, files)
        declared = {name: code.declared(f"asymmetry.{name}") for name in ("a", "a.b", "a.c", "d")}
        assert declared == {"a": False, "a.b": False, "a.c": True, "d": None}


@pytest.mark.parametrize("root", ["asymmetry.gone", "asymmetry.loop:gone", "asymmetry.gone:train"])
def test_a_root_that_is_not_there_is_an_error(tmp_path: Path, root: str):
    with pytest.raises(ModuleNotFoundError, match="no "):
        package(tmp_path, FILES).digest([root])


def test_what_changed_is_told_by_module(tmp_path: Path):
    def own(number: str, loss: str) -> dict[str, str]:
        return package(tmp_path / number, FILES | {"loss": loss}).own_digests(
            ["asymmetry.loop:train"]
        )

    before = own("1", LOSS)
    assert list(before) == ["asymmetry.loop", "asymmetry.loss"]
    for number, loss in enumerate(
        [LOSS.replace("2", "3"), LOSS.replace("a + half(a)", "a + l(a)")]
    ):
        after = own(f"after{number}", loss)
        assert {name for name in before if before[name] != after[name]} == {"asymmetry.loss"}


DOOR = """
    from asymmetry.door import l

    def train(x):
        return l(x)
"""


@pytest.mark.parametrize("inside", ["return a", "return other(a)"])
def test_a_door_counts_as_the_definition_that_it_leads_to(tmp_path: Path, inside: str):
    door = 'CHANGES_NUMBERS = False\nCOUNTS_AS = "asymmetry.loss"\n\n\ndef l(a):\n    ' + inside
    changes = {"loop": DOOR, "door": door}
    assert digest(tmp_path, changes) == digest(tmp_path, {})
    formula = {"loss": LOSS.replace("/ 2", "/ 3")}
    assert digest(tmp_path, changes | formula) != digest(tmp_path, {})
    assert digest(tmp_path, changes | formula) == digest(tmp_path, formula)


def test_a_package_may_import_its_own_modules_by_name(tmp_path: Path):
    code = package(
        tmp_path,
        {
            "worlds/__init__": "from asymmetry.worlds import null\nCASES = (null,)\n",
            "worlds/null": "def truth():\n    return 0\n",
            "loop": "from asymmetry import worlds\n\ndef train():\n    worlds.null.truth()\n",
        },
    )
    assert code.find("asymmetry.worlds.null.truth") == (("asymmetry.worlds.null", "truth"), "")
    assert ("asymmetry.worlds.null", "truth") in code.reached(["asymmetry.loop:train"])
