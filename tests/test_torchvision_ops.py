import subprocess
import sys

import pytest

IMPORT = "from asymmetry import torchvision_ops; import sys, torch, torchvision, spandrel"


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_torchs_compiler_is_not_imported_for_nothing():
    assert run(f"{IMPORT}; print('torch._dynamo' in sys.modules)") == "False"


@pytest.mark.parametrize("first", ["pass", "import torch._dynamo"])
def test_it_is_there_for_who_asks(first):
    code = f"{first}\n{IMPORT}\nimport torch._dynamo.utils as utils; print(utils.__file__)"
    assert run(code).endswith("utils.py")
