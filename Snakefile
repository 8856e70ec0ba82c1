import gc
import sys
from pathlib import Path
from shlex import quote

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

from asymmetry.core.slurm import check_requests, left_over_jobs
from asymmetry.planning.packs import decide_companies, decided_companies
from asymmetry.core.edits import STUDY_VARIABLE, remember_code
from asymmetry.core.errors import UserError
from asymmetry.figures.registry import figure_names
from asymmetry.pipeline.made import put_in_order
from asymmetry.planning.overlaps import folder_overlap_lines
from asymmetry.planning.plan import Plan
from asymmetry.planning.preflight import check, notes
from asymmetry.report.sources import PAGES
from asymmetry.pipeline.stages import Stages
from asymmetry.study import parse_study
from asymmetry.study.yaml_file import read_yaml
from asymmetry.training.finished import forget, restore_records, taken_over

min_version("9.3")

# Millions of objects are made until the jobs are known, and none is thrown away: looking for garbage
# would take a fifth of that time. On again in `onstart`.
gc.disable()


report: "workflow/report/study.rst"


# A study given with --configfile stands alone; without one, params.yaml is the study. Into both,
# Snakemake merges --config.
study_files = workflow.overwrite_configfiles or ["params.yaml"]
if not workflow.overwrite_configfiles:

    configfile: "params.yaml"


try:
    # Snakemake has read them, but passes over what stands there twice.
    for file in study_files:
        read_yaml(Path(file))
    stages = Stages(Plan(parse_study(config, "study")))
    study, plan = stages.study, stages.plan
    # Not a parameter of the rules: a job runs again for what its path says, not for a file's name.
    shell.prefix(
        f"set -euo pipefail; export {STUDY_VARIABLE}={quote(str(stages.study_file))}; "
    )
    stages.trained  # expands the grid, whose mistakes are the user's too
    if workflow.is_main_process:
        asked = workflow.resource_settings
        # No cores are known, nor needed, where no job will run: `--unlock`, `--report`.
        here = None if asked.nodes else (asked.cores or 1) // study.numerics.threads
        check(plan, here is not None)
        if restored := restore_records(plan):
            logger.warning(taken_over(restored))
        if study.execution.company != 1:
            decide_companies(plan, here)
        put_in_order(stages)
        remember_code(stages.study_file)
        for line in [*notes(plan), *folder_overlap_lines(study, plan)]:
            logger.warning(line)
    companies = decided_companies(plan)
except UserError as error:
    sys.exit(f"error: {error}")  # as an exception, Snakemake would add lines of its own


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
include: "workflow/rules/optimisability.smk"
include: "workflow/rules/transfer.smk"
include: "workflow/rules/figures.smk"
