def asks_for(stage):
    """What a job of a stage asks of a cluster."""
    return getattr(study.execution.resources, stage).model_dump()


def reads(kind):
    """What a part of this table waits for, as an input function."""
    parts = stages.results / "parts" / kind
    return lambda w: [
        ancient(path) for path in stages.reads(parts / f"{w.part}.parquet")
    ]


def of_figure(name, what):
    """What `snakemake --report` says of a file of a figure; it is asked once all is made."""
    record = stages.results / f"figures/{name}.json"
    return {
        "caption": (stages.results / FOR_SNAKEMAKE / f"{name}.rst").absolute(),
        "category": "Figures",
        "labels": lambda w: {"figure": read_object(record)["title"], "what": what},
    }


# What lies at a content-keyed path is `ancient` as an input. Nothing else is: Snakemake does not look
# at a job's own stamp where a job before it runs, and relies on its inputs to pass that on.


wildcard_constraints:
    run=".+",
