rule assess_part:
    input:
        reads("scores"),
    output:
        stages.results / "parts/scores/{part}.parquet",
    log:
        stages.results / "logs/scores-{part}.log",
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
