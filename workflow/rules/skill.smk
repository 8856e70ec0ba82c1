rule skill_part:
    input:
        reads("skill"),
    output:
        stages.results / "parts/skill/{part}.parquet",
    log:
        stages.results / "logs/skill-{part}.log",
    # An image a thread: two cores take half the time of one, and all sets are few.
    threads: study.execution.resources.skill.cpus_per_task
    resources:
        **asks_for("skill"),
    message:
        "measuring skill: {output}"
    shell:
        "OMP_NUM_THREADS={threads} asymmetry skill --output {output:q} 2> {log:q}"


rule skill_table:
    input:
        [ancient(part.path) for part in stages.skill.parts],
        stages.stamp("skill"),
    output:
        stages.results / "skill.parquet",
        stages.results / "skill_values.parquet",
    log:
        stages.results / "logs/collect-skill.log",
    message:
        "collecting the skill"
    shell:
        "asymmetry collect skill 2> {log:q}"
