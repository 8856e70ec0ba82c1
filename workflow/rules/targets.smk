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
