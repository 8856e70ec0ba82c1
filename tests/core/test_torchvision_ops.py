import subprocess
import sys

IMPORT = "import asymmetry.backbones.transformer, sys, torch, torchvision, spandrel, timm"


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_torchs_compiler_is_not_imported_for_nothing_and_is_there_for_who_asks():
    asked = "import torch._dynamo.utils as utils; print(utils.__file__)"
    said = run(f"{IMPORT}; print('torch._dynamo' in sys.modules); {asked}").split()
    assert said[0] == "False"
    assert said[1].endswith("utils.py")
