# What can be asked for by name beside `all`.


rule train:
    input:
        stages.trained,
        stages.fitted,


rule assess:
    input:
        stages.results / "scores.parquet",
        stages.results / "trajectories.parquet",


rule skill:
    input:
        stages.results / "skill.parquet",


rule optimisability:
    input:
        stages.results / "optimisability.parquet",


rule transfer:
    input:
        stages.results / "transfer.parquet",


rule figures:
    input:
        expand(str(stages.results / "figures/{name}.svg"), name=figures),


# Of no study, and of no job: what is in Git again, as `make figures` does. Git shows what differs.
rule published_figures:
    log:
        stages.results / "logs/published-figures.log",
    localrule: True
    threads: 2
    message:
        "drawing every published figure again"
    shell:
        "printf '%s\\n' published/*/tables"
        " | xargs -n 1 -P {threads} asymmetry figures --tables 2> {log:q}"
