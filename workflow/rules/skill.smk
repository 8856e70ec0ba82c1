rule skill_part:
    output:
        stages.results / "parts/skill-{part}.parquet",
    log:
        stages.results / "logs/skill-{part}.log",
    threads: 1
    resources:
        mem_mb=resources_of("skill", "mem_mb", 4000),
        runtime=resources_of("skill", "runtime", 120),
        gpu=resources_of("skill", "gpu", 0),
    message:
        "measuring skill: {output}"
    shell:
        "OMP_NUM_THREADS={threads} asymmetry skill --output {output} 2> {log}"


rule skill_table:
    input:
        [part.path for part in stages.skill_parts],
        stamp("skill", "asymmetry.collect"),
    output:
        stages.results / "skill.parquet",
    log:
        stages.results / "logs/collect-skill.log",
    message:
        "collecting the skill"
    shell:
        "asymmetry collect skill 2> {log}"
