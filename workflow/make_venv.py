"""Makes .venv with pip in it, also where Debian or Ubuntu keeps venv in a package of its own."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

VENV = Path(".venv")
PACKAGE = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def main() -> None:
    """Make the environment; exits with one line where that cannot be done."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the very check for those that are older
        sys.exit("make: Python 3.11 or newer is needed; name one with PYTHON=python3.12")
    if importlib.util.find_spec("ensurepip") is None:
        install_venv()
    if not (VENV / "bin" / "pip").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def install_venv() -> None:
    """Install the system's package that holds ensurepip, where we may."""
    if os.geteuid() != 0:
        sys.exit(f"make: this Python cannot make environments; run: sudo apt-get install {PACKAGE}")
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-qq", "-y", PACKAGE], check=True)


if __name__ == "__main__":
    main()
