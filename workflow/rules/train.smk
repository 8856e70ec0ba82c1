# Each run lies at a path that says what it holds, so inputs are `ancient`: their modification
# times are never a reason to train again. Checkpoints are not declared: Snakemake empties outputs.
#
# One command for a cell alone and in a pack: else a change of `pack` would train it again.
TRAIN = "OMP_NUM_THREADS={threads} asymmetry train {output:q} 2>> {log:q}"


rule warm_start:
    input:
        lambda w: ancient(plan.find(w.run).reads),
    output:
        "runs/{run}/run.json",
    log:
        "runs/{run}/train.log",
    wildcard_constraints:
        run=".+/warm-start/.+",
    priority: lambda w: plan.priority(w.run)
    threads: study.numerics.threads
    resources:
        **asks_for("train"),
    message:
        "warm start {wildcards.run}"
    shell:
        TRAIN


rule calibrate:
    output:
        "runs/calibration/{fit}.safetensors",
    log:
        stages.results / "logs/calibration-{fit}.log",
    # An image a thread, as for skill.
    threads: study.execution.resources.skill.cpus_per_task
    resources:
        **asks_for("skill"),
    message:
        "fitting {output}"
    shell:
        "OMP_NUM_THREADS={threads} asymmetry calibrate --output {output:q} 2> {log:q}"


rule train_cell:
    input:
        lambda w: ancient(waits_for(plan.find(w.run), workflow)),
    output:
        "runs/{run}/run.json",
    log:
        "runs/{run}/train.log",
    wildcard_constraints:
        run="(?!.*/warm-start/).+",
    priority: lambda w: plan.priority(w.run)
    threads: study.numerics.threads
    resources:
        **asks_for("train"),
    message:
        "training {wildcards.run}"
    shell:
        TRAIN


# Runs that one process trains together: a rule a pack. A loop, as the outputs of a rule share its
# wildcards, and those of a pack have nothing in common but that they were packed. Such a rule goes
# before `train_cell`, as it has no wildcards. Finished cells are in none, so that nothing is asked of
# their files.
for pack in packs:

    rule:
        name:
            pack.name
        input:
            ancient(pack.reads),
        output:
            [run.record for run in pack.runs],
        log:
            stages.results / f"logs/{pack.name}.log",
        priority: plan.priority(pack.runs[0].id)
        threads: study.numerics.threads
        resources:
            **asks_for("train"),
        message:
            f"training {len(pack.runs)} runs together, the first is {pack.runs[0].id}"
        shell:
            TRAIN
