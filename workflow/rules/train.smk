# Each run lies at a path that says what it holds, so inputs are `ancient`: their modification
# times are never a reason to train again. Checkpoints are not declared: Snakemake empties outputs.


rule warm_start:
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
        "OMP_NUM_THREADS={threads} asymmetry train {wildcards.run} 2>> {log}"


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
        "OMP_NUM_THREADS={threads} asymmetry calibrate --output {output} 2> {log}"


rule train_cell:
    input:
        warm_start=lambda w: ancient(f"runs/{plan.find(w.run).warm_start}/run.json"),
        fitted=lambda w: [ancient(path) for path in [plan.find(w.run).fitted] if path],
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
        "OMP_NUM_THREADS={threads} asymmetry train {wildcards.run} 2>> {log}"
