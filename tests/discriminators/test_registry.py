import subprocess
import sys


def test_naming_a_discriminator_imports_no_torch():
    code = "import sys, asymmetry.discriminators.registry; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
