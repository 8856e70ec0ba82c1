# Runs, and in a table of their own the snapshots of their way.
rule assess_part:
    input:
        lambda w: reads(w.table)(w),
    output:
        stages.results / "parts/{table}/{part}.parquet",
    log:
        stages.results / "logs/{table}-{part}.log",
    wildcard_constraints:
        table="scores|trajectories",
    threads: 1
    resources:
        **asks_for("assess"),
    message:
        "assessing {output}"
    shell:
        "OMP_NUM_THREADS={threads} asymmetry assess --output {output:q} 2> {log:q}"


rule scores:
    input:
        [ancient(part.path) for part in stages.assessment.parts],
        stages.stamp("scores"),
    output:
        stages.results / "scores.parquet",
    log:
        stages.results / "logs/collect-scores.log",
    message:
        "collecting the scores"
    shell:
        "asymmetry collect scores 2> {log:q}"


rule trajectories:
    input:
        [ancient(part.path) for part in stages.snapshots.parts],
        stages.stamp("trajectories"),
    output:
        stages.results / "trajectories.parquet",
    log:
        stages.results / "logs/collect-trajectories.log",
    message:
        "collecting the scores of snapshots"
    shell:
        "asymmetry collect trajectories 2> {log:q}"
