rule photos:
    input:
        stages.stamp("photos"),
    output:
        report(
            str(stages.results / "photos.csv"),
            caption="../report/photos.rst",
            category="Study",
            labels={"what": "Photos"},
        ),
    log:
        stages.results / "logs/photos.log",
    message:
        "writing the manifest of the photos"
    shell:
        "asymmetry data photos > {log:q} 2>&1"


rule runs:
    input:
        ancient(stages.trained),
        stages.stamp("runs"),
    output:
        stages.results / "runs.parquet",
    log:
        stages.results / "logs/runs.log",
    message:
        "collecting the runs"
    shell:
        "asymmetry collect runs 2> {log:q}"


rule analyse:
    input:
        expand(
            str(stages.results / "{table}.parquet"),
            table=["runs", "skill_values", *stages.by_table],
        ),
        stages.stamp("analyse"),
    output:
        stages.results / "effect.parquet",
        stages.results / "asymmetry.parquet",
        stages.results / "robustness.parquet",
        stages.results / "reliability.parquet",
        stages.results / "claims.md",
        multiext(str(stages.results / "hypotheses"), ".parquet", ".json"),
        report(
            str(stages.results / "hypotheses.csv"),
            caption="../report/claims.rst",
            category="Claims",
            labels={"what": "All claims"},
        ),
    log:
        stages.results / "logs/analyse.log",
    message:
        "testing the hypotheses"
    shell:
        "asymmetry analyse 2> {log:q}"


# One process for all: an interpreter and its libraries take longer to start than a figure to draw.
rule draw:
    input:
        rules.analyse.output,
        stages.stamp("figures"),
    output:
        [
            report(
                str(stages.results / f"figures/{name}.csv"),
                **of_figure(name, "numbers"),
            )
            for name in figures
        ],
        expand(
            str(stages.results / "figures/{name}.{kind}"),
            name=figures,
            kind=["svg", "png", "json"],
        ),
    log:
        stages.results / "logs/figures.log",
    params:
        names=figures,
    message:
        "drawing the figures"
    shell:
        "asymmetry figures {params.names} 2> {log:q}"


# Maps over pictures, in `maps`, are not declared: Snakemake would empty the folder, and they would all
# be drawn again. Each says what it was made of.
rule report:
    input:
        stages.results / "photos.csv",
        rules.draw.output,
        stages.stamp("report"),
    output:
        [stages.results / name for name in PAGES],
        stages.results / "metrics.json",
        [
            report(
                str(stages.results / FOR_SNAKEMAKE / f"{name}.html"),
                **of_figure(name, "drawing"),
            )
            for name in figures
        ],
        [
            stages.results / name
            for name in for_snakemake(figures)
            if name.endswith(".rst")
        ],
    log:
        stages.results / "logs/report.log",
    message:
        "writing the page"
    shell:
        "asymmetry report > {log:q} 2>&1"
