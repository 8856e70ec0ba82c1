import doctest
import os
import subprocess
import sys

import pytest
import skimage
import torch

import asymmetry
from asymmetry.api import measures, results
from tests.conftest import ROOT

CHEAP = """
import sys, asymmetry
assert asymmetry.__version__
assert not {"torch", "pandas", "numpy", "asymmetry.api"} & set(sys.modules), "import is not cheap"
"""


def test_the_import_loads_nothing_heavy():
    done = subprocess.run([sys.executable, "-c", CHEAP], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_name_of_the_surface_is_there_and_listed():
    assert set(asymmetry.__all__) <= set(dir(asymmetry))
    for name in asymmetry.__all__:
        assert getattr(asymmetry, name)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'metrik'"):
        asymmetry.metrik  # noqa: B018


@pytest.mark.parametrize("module", [measures, results])
def test_the_examples_of_docstrings_run(module, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    globs = {"asymmetry": asymmetry, "skimage": skimage, "torch": torch}
    tried = doctest.testmod(module, globs=globs)
    assert tried.attempted
    assert not tried.failed


def test_the_command_prints_its_version():
    command = [sys.executable, "-m", "asymmetry", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    assert done.stdout == f"asymmetry {asymmetry.__version__}\n"
