# Each run lies at a path that says what it holds, so inputs are `ancient`: their modification
# times are never a reason to train again. Checkpoints are not declared: Snakemake empties outputs.


rule warm_start:
    output:
        "runs/{run}/run.json",
    log:
        "runs/{run}/train.log",
    wildcard_constraints:
        run=".+/warm-start/.+",
    retries: resources_of("train", "retries", 0)
    threads: study.numerics.threads
    resources:
        mem_mb=resources_of("train", "mem_mb", 2000),
        runtime=resources_of("train", "runtime", 60),
        gpu=resources_of("train", "gpu", 0),
    message:
        "warm start {wildcards.run}"
    shell:
        "OMP_NUM_THREADS={threads} asymmetry train {wildcards.run} 2>> {log}"


rule train_cell:
    input:
        warm_start=lambda w: ancient(f"runs/{plan.find(w.run).warm_start}/run.json"),
    output:
        "runs/{run}/run.json",
    log:
        "runs/{run}/train.log",
    wildcard_constraints:
        run="(?!.*/warm-start/).+",
    retries: resources_of("train", "retries", 0)
    threads: study.numerics.threads
    resources:
        mem_mb=resources_of("train", "mem_mb", 2000),
        runtime=resources_of("train", "runtime", 60),
        gpu=resources_of("train", "gpu", 0),
    message:
        "training {wildcards.run}"
    shell:
        "OMP_NUM_THREADS={threads} asymmetry train {wildcards.run} 2>> {log}"
