import gc
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

from asymmetry.cluster import check_requests, left_over_jobs
from asymmetry.companies import decide_companies, decided_companies, restore_records
from asymmetry.errors import UserError
from asymmetry.figures.registry import figure_names
from asymmetry.made import put_in_order
from asymmetry.plan import Plan
from asymmetry.report.sources import PAGES
from asymmetry.stages import Stages
from asymmetry.study import parse_study

min_version("9.3")

# Millions of objects are made until the jobs are known, and none is thrown away: looking for garbage
# would take a fifth of that time. On again in `onstart`.
gc.disable()


report: "workflow/report/study.rst"


# A study given with --configfile stands alone; without one, params.yaml is the study.
if "grid" not in config:

    configfile: "params.yaml"


try:
    stages = Stages(Plan(parse_study(config, "study")))
    study, plan = stages.study, stages.plan
    # Not a parameter of the rules: a job runs again for what its path says, not for a file's name.
    shell.prefix(f"set -euo pipefail; export ASYMMETRY_STUDY={stages.study_file}; ")
    stages.trained  # expands the grid, whose mistakes are the user's too
    if study.execution.company != 1 and workflow.is_main_process:
        asked = workflow.resource_settings
        # No cores are known, nor needed, where no job will run: `--unlock`, `--report`.
        here = None if asked.nodes else (asked.cores or 1) // study.numerics.threads
        decide_companies(plan, here)
    companies = decided_companies(plan)
    if workflow.is_main_process:
        put_in_order(stages)
except UserError as error:
    raise WorkflowError(str(error)) from None


rule all:
    input:
        stages.results / "index.html",
        stages.results / "photos.csv",
        stages.trained,


include: "workflow/rules/common.smk"
include: "workflow/rules/cluster.smk"
include: "workflow/rules/targets.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/assess.smk"
include: "workflow/rules/skill.smk"
include: "workflow/rules/optimise.smk"
include: "workflow/rules/transfer.smk"
include: "workflow/rules/figures.smk"
