rule photos:
    input:
        stages.stamp("photos"),
    output:
        report(
            str(stages.results / "photos.csv"),
            caption="../report/photos.rst",
            category="Data",
            labels={"what": "Photos"},
        ),
    log:
        stages.results / "logs/photos.log",
    message:
        "writing the manifest of the photos"
    shell:
        "asymmetry data photos > {log} 2>&1"


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
        "asymmetry collect runs 2> {log}"


rule analyse:
    input:
        expand(
            str(stages.results / "{table}.parquet"),
            table=["runs", "scores", "skill", "optimisability", "transfer"],
        ),
        stages.stamp("analyse"),
    output:
        stages.results / "effect.parquet",
        stages.results / "asymmetry.parquet",
        stages.results / "robustness.parquet",
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
        "asymmetry analyse 2> {log}"


rule figure:
    input:
        rules.analyse.output,
        lambda w: stages.stamp(f"figure-{w.figure}"),
    output:
        report(
            str(stages.results / "figures/{figure}.svg"),
            caption="../report/figure.rst",
            category="Figures",
            labels={"figure": "{figure}", "what": "drawing"},
        ),
        report(
            str(stages.results / "figures/{figure}.csv"),
            caption="../report/figure.rst",
            category="Figures",
            labels={"figure": "{figure}", "what": "numbers"},
        ),
        multiext(str(stages.results / "figures/{figure}"), ".png", ".json"),
    log:
        stages.results / "logs/figure-{figure}.log",
    message:
        "drawing {wildcards.figure}"
    shell:
        "asymmetry figures {wildcards.figure} 2> {log}"


rule report:
    input:
        stages.results / "photos.csv",
        expand(str(stages.results / "figures/{name}.svg"), name=stages.figures),
        stages.stamp("report"),
    output:
        [stages.results / name for name in PAGES],
        stages.results / "metrics.json",
    log:
        stages.results / "logs/report.log",
    message:
        "writing the page"
    shell:
        "asymmetry report > {log} 2>&1"
