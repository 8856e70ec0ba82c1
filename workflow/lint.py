"""`snakemake --lint`, but for its wish for conda or a container in every rule.

The environment is the .venv that the Makefile pins, the same for all rules. Exits with 1 where
any other lint is found.
"""

import subprocess
import sys

MARK = "    * "
ACCEPTED = f"{MARK}Specify a conda environment or container for each rule.:"


def main() -> None:
    """Print what Snakemake says, if any of it counts."""
    done = subprocess.run(["snakemake", "--lint"], capture_output=True, text=True)
    lints = [line for line in done.stderr.splitlines() if line.startswith(MARK)]
    if any(line != ACCEPTED for line in lints) or (done.returncode and not lints):
        sys.exit(done.stderr)


if __name__ == "__main__":
    main()
