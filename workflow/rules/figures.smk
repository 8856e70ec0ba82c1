rule photos:
    input:
        stamp("photos", "asymmetry.data.photos"),
    output:
        stages.results / "photos.csv",
    message:
        "writing the manifest of the photos"
    shell:
        "asymmetry data"


rule runs:
    input:
        [run.record for run in [*plan.warm_starts, *plan.runs]],
        stamp("runs", "asymmetry.collect"),
    output:
        stages.results / "runs.parquet",
    message:
        "collecting the runs"
    shell:
        "asymmetry collect runs"


rule analyse:
    input:
        expand(
            str(stages.results / "{table}.parquet"),
            table=["runs", "scores", "skill", "transfer"],
        ),
        stamp("analyse", "asymmetry.analysis.analyse"),
    output:
        stages.results / "effect.parquet",
        stages.results / "hypotheses.json",
        stages.results / "hypotheses.csv",
    message:
        "testing the hypotheses"
    shell:
        "asymmetry analyse"


rule figure:
    input:
        rules.analyse.output,
        lambda w: stamp(f"figure-{w.figure}", stages.figures[w.figure]),
    output:
        multiext(
            str(stages.results / "figures/{figure}"), ".svg", ".png", ".csv", ".json"
        ),
    message:
        "drawing {wildcards.figure}"
    shell:
        "asymmetry figures {wildcards.figure}"


rule report:
    input:
        expand(str(stages.results / "figures/{name}.svg"), name=stages.figures),
        stamp("report", "asymmetry.report.build"),
    output:
        report_page=stages.results / "index.html",
    message:
        "writing the page"
    shell:
        "asymmetry report"
