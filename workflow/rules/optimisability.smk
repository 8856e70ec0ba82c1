rule optimisability_part:
    input:
        reads("optimisability"),
    output:
        stages.results / "parts/optimisability/{part}.parquet",
    log:
        stages.results / "logs/optimisability-{part}.log",
    threads: 1
    resources:
        **asks_for("optimisability"),
    message:
        "measuring optimisability: {output}"
    shell:
        "OMP_NUM_THREADS={threads} asymmetry optimisability --output {output:q} 2> {log:q}"


rule optimisability_table:
    input:
        [ancient(part.path) for part in stages.optimisability.parts],
        stages.stamp("optimisability"),
    output:
        stages.results / "optimisability.parquet",
    log:
        stages.results / "logs/collect-optimisability.log",
    message:
        "collecting the optimisability"
    shell:
        "asymmetry collect optimisability 2> {log:q}"
