rule transfer_part:
    input:
        lambda w: [
            ancient(path)
            for path in stages.records(
                stages.part(Path(f"{stages.results}/parts/transfer-{w.part}.parquet"))
            )
        ],
    output:
        stages.results / "parts/transfer-{part}.parquet",
    log:
        stages.results / "logs/transfer-{part}.log",
    threads: 1
    resources:
        mem_mb=resources_of("transfer", "mem_mb", 4000),
        runtime=resources_of("transfer", "runtime", 120),
        gpu=resources_of("transfer", "gpu", 0),
    message:
        "fine-tuning IQA models: {output}"
    shell:
        "OMP_NUM_THREADS={threads} asymmetry transfer --output {output} 2> {log}"


rule transfer_table:
    input:
        [part.path for part in stages.transfer_parts],
        stamp("transfer", "asymmetry.collect"),
    output:
        stages.results / "transfer.parquet",
    log:
        stages.results / "logs/collect-transfer.log",
    message:
        "collecting the transfer"
    shell:
        "asymmetry collect transfer 2> {log}"
