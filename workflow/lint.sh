#!/usr/bin/env bash
# `snakemake --lint`, but for its wish for conda or a container in every rule: the environment is
# the .venv that the Makefile pins, for all rules alike.
set -euo pipefail
messages=$(snakemake --lint json 2>/dev/null) || true
python3 - "$messages" <<'PYTHON'
import json
import sys

report = json.loads(sys.argv[1] or "{}")
entries = [report.get("snakefile", [])] + [rule["for"] for rule in report.get("rules", [])] if report else []
PYTHON
