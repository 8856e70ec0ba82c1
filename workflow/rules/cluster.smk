# Seconds of work on small tables: not worth a job of their own.
localrules:
    photos,
    scores,
    trajectories,
    skill_table,
    optimisability_table,
    transfer_table,
    runs,
    analyse,
    draw,
    report,
