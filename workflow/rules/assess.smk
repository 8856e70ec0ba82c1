rule assess_part:
    input:
        lambda w: [
            ancient(path)
            for path in stages.records(
                stages.part(Path(f"{stages.results}/parts/scores-{w.part}.parquet"))
            )
        ],
    output:
        stages.results / "parts/scores-{part}.parquet",
    log:
        stages.results / "logs/scores-{part}.log",
    threads: 1
    resources:
        mem_mb=resources_of("assess", "mem_mb", 4000),
        runtime=resources_of("assess", "runtime", 120),
        gpu=resources_of("assess", "gpu", 0),
    message:
        "assessing {output}"
    shell:
        "OMP_NUM_THREADS={threads} asymmetry assess --output {output} 2> {log}"


rule scores:
    input:
        [part.path for part in stages.assess_parts],
        stamp("scores", "asymmetry.collect"),
    output:
        stages.results / "scores.parquet",
    log:
        stages.results / "logs/collect-scores.log",
    message:
        "collecting the scores"
    shell:
        "asymmetry collect scores 2> {log}"
