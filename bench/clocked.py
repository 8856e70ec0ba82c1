"""Run a command and say what it took: `python clocked.py REPORT COMMAND...`.

A small process of its own: Linux counts the memory of the process that starts another as that
one's, and the benchmark itself is large. `REPORT` gets the seconds and the peak memory as JSON.
"""

import json
import os
import subprocess
import sys
import time


def main() -> int:
    """The exit code of the command."""
    report, *command = sys.argv[1:]
    began = time.monotonic()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = {"seconds": time.monotonic() - began, "peak_mb": usage.ru_maxrss / 1024}
    with open(report, "w") as file:
        json.dump(took, file)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
