import subprocess
import sys

CODE = """
import inspect, sys
import torch
from asymmetry.core import known_shapes

weight = torch.nn.Parameter(torch.arange(3.0))
gradient = torch.tensor([1.0, -2.0, 0.5])
(weight * weight).backward(gradient)  # 2 w g
print(weight.grad.tolist())
inspect.getmodule(torch.tensor)  # looks at every module
print("sympy" in sys.modules)
try:
    (weight * weight).backward(torch.ones(2))
except RuntimeError as error:
    print(str(error)[:17])
from torch.fx.experimental.symbolic_shapes import ShapeEnv
import torch.fx.experimental.symbolic_shapes as shapes
print(ShapeEnv is shapes.ShapeEnv, shapes.sym_eq.__module__)
"""


def test_a_gradient_goes_back_without_symbols_and_the_compiler_has_them():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "[0.0, -4.0, 2.0]",
        "False",
        "Mismatch in shape",
        "True torch.fx.experimental.symbolic_shapes",
    ]
