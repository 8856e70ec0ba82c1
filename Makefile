# make study   the default study: own .venv, all trainings, the page
# make test    the test suite; what is long by nature in a short form
# make test-all   every test in its full form: also those of SLURM and the browser (an hour)
# make test-slurm   the study on a real SLURM, started for it on this machine (as root)
# make test-page   the pages, and a user study, in a real browser (Debian's chromium)
# make figures   every published figure and claim again, from the tables in published/
# make docs    the documentation, into site/; a warning is an error
# make bench   ours beside what is used today: bench/results.json and docs/benchmarks.md;
#              make bench PARTS="data gpu" measures some parts anew (bench/*.py)
# make bench-overhead   what scheduling costs beside the trainings (--slurm: bench/overhead.py)
# make bench-hypotheses   time and memory of the statistics: bench/hypotheses.py
# make bench-biq2021 DATA=FOLDER   transfer on BIQ2021 beside BRISQUE: bench/biq2021.py
# make lint    format, lint and types, as CI runs them
.PHONY: study figures test test-all test-slurm test-page docs bench bench-overhead bench-hypotheses bench-biq2021 lint schema data-table clean
.DEFAULT_GOAL := study

PYTHON ?= python3
BIN := .venv/bin
# How tests are shared out: see tests/conftest.py.
WORKERS := -n 3 --dist loadgroup --no-loadscope-reorder
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Containers often set it. A study, and each test of one, starts dozens of processes, and each of
# them would compile the package again.
unexport PYTHONDONTWRITEBYTECODE

study: .venv/study
	@asymmetry status > /dev/null  # a mistake in the study is a line of our own
	@sh workflow/run.sh
	@echo "the page: results/index.html"

figures: .venv/study
	@printf '%s\n' published/*/tables | xargs -n 1 -P 2 asymmetry figures --tables
	@git diff --stat -- published  # nothing, where the platform is the one they are of

test: .venv/test
	pytest $(WORKERS)

test-all: .venv/test lint
	pytest $(WORKERS) -m "not slurm and not page"
	pytest -m slurm tests/slurm
	pytest -m page

test-slurm: .venv/test
	pytest -m "slurm and not long" tests/slurm

test-page: .venv/test
	pytest -m page

# The variable silences a banner of the theme about versions that the pins exclude.
docs: .venv/docs
	@NO_MKDOCS_2_WARNING=1 mkdocs build
	@echo "the pages: site/index.html"

bench: .venv/bench
	@python -m bench $(PARTS)

bench-overhead: .venv/study
	@python -m bench.overhead

bench-hypotheses: .venv/study
	@python bench/hypotheses.py

bench-biq2021: .venv/study
	@python bench/biq2021.py $(DATA)

lint: .venv/test
	ruff format --check
	ruff check
	mypy
	lint-imports
	snakefmt --check Snakefile workflow
	python workflow/lint.py

schema: .venv/study
	asymmetry schema > workflow/study.schema.json

data-table: .venv/study
	python -m asymmetry.datasets.table > data/README.md

clean:
	rm -rf .venv .asymmetry .snakemake

.venv/study: pyproject.toml constraints.txt
	$(PYTHON) workflow/make_venv.py
	$(BIN)/pip install --quiet --constraint constraints.txt torch==2.13.0
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/test: .venv/study
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[docs,test]'
	@touch $@

.venv/docs: .venv/study
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[docs]'
	@touch $@

# Without its needs, which are here but for a nightly TensorBoard, and built with the PyTorch that is
# here: its own build would fetch another one.
.venv/bench: .venv/study
	$(BIN)/pip install --quiet --constraint constraints.txt --no-deps --no-build-isolation \
	  basicsr-fixed lmdb
	@touch $@
