from pathlib import Path

import pytest

from asymmetry import identity


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of three modules: loop imports loss; figure stands alone."""
    (tmp_path / "loop.py").write_text('"""Loop."""\nfrom asymmetry.loss import l\n\nx = l(1)\n')
    (tmp_path / "loss.py").write_text("def l(a):\n    return a + 1\n")
    (tmp_path / "figure.py").write_text("colour = 1\n")
    monkeypatch.setattr(identity, "_ROOT", tmp_path)
    return tmp_path


def forget() -> None:
    """Read all modules anew."""
    for function in (
        identity._tree,
        identity._module_digest,
        identity._imports,
        identity._code_digest,
    ):
        function.cache_clear()


def digest() -> str:
    forget()
    return identity.code_digest(["asymmetry.loop"])


@pytest.fixture(autouse=True)
def _fresh_caches():
    yield
    forget()


def test_imports_are_followed(package: Path):
    assert identity.closure(["asymmetry.loop"]) == {"asymmetry.loop", "asymmetry.loss"}


def test_a_changed_formula_changes_the_digest(package: Path):
    before = digest()
    (package / "loss.py").write_text("def l(a):\n    return a + 2\n")
    assert digest() != before


@pytest.mark.parametrize(
    "text",
    [
        "# why\ndef l(a):  # here\n    return a + 1\n",
        '"""Now with words."""\n\n\ndef l(a):\n    """Adds."""\n    return (a + 1)\n',
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import asymmetry.figure\n"
        "def l(a):\n    return a + 1\n",
    ],
)
def test_comments_docstrings_and_layout_do_not_count(package: Path, text: str):
    before = digest()
    (package / "loss.py").write_text(text.replace("from typing import TYPE_CHECKING\n", ""))
    assert digest() == before


def test_a_module_that_is_not_imported_does_not_count(package: Path):
    before = digest()
    (package / "figure.py").write_text("colour = 2\n")
    assert digest() == before


def test_a_training_without_adversary_does_not_depend_on_discriminators():
    forget()
    found = identity.closure(["asymmetry.training.job", "asymmetry.fidelity.l1"])
    assert "asymmetry.training.loop" in found
    assert not [name for name in found if "discriminators" in name or "figures" in name]
