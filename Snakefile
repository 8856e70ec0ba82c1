from snakemake.utils import min_version

from asymmetry.core.files import read_object
from asymmetry.figures.registry import drawn_figures
from asymmetry.pipeline.snakefile import begin, open_study, waits_for
from asymmetry.report.sources import FOR_SNAKEMAKE, LANDING, PAGES, for_snakemake
from asymmetry.training.finished import restore_records

min_version("9.3")


# A study given with --configfile stands alone; without one, params.yaml is the study. Into both,
# Snakemake merges --config.
if not workflow.overwrite_configfiles:

    configfile: "params.yaml"


stages, packs = open_study(workflow, config)
study, plan = stages.study, stages.plan
figures = drawn_figures(stages.results)


# Of `snakemake --report`: the page, figures and captions say the same as the study's own page.
report: (stages.results / FOR_SNAKEMAKE / LANDING).absolute()


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


onstart:
    begin(workflow)


onerror:
    restore_records(plan)
