rule transfer_part:
    input:
        reads("transfer"),
    output:
        stages.results / "parts/transfer/{part}.parquet",
    log:
        stages.results / "logs/transfer-{part}.log",
    threads: 1
    resources:
        **asks_for("transfer"),
    message:
        "transfer of discriminators to IQA: {output}"
    shell:
        "OMP_NUM_THREADS={threads} asymmetry transfer --output {output:q} 2> {log:q}"


rule transfer_table:
    input:
        [ancient(part.path) for part in stages.transfer.parts],
        stages.stamp("transfer"),
    output:
        stages.results / "transfer.parquet",
    log:
        stages.results / "logs/collect-transfer.log",
    message:
        "collecting the transfer"
    shell:
        "asymmetry collect transfer 2> {log:q}"
