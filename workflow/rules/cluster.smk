# Seconds of work on small tables: not worth a job of their own.
localrules:
    photos,
    scores,
    skill_table,
    optimisability_table,
    transfer_table,
    runs,
    analyse,
    draw,
    report,


def kind(rule):
    """The name of a rule; one for all companies, which ask for the same."""
    return "train_company" if rule.name.startswith("train_company") else rule.name


def ask_the_cluster(jobs):
    """Stop before anything is queued that could never start; tell of jobs from an earlier start."""
    requests = {kind(job.rule): job.resources for job in jobs if not job.is_local}
    try:
        check_requests(requests)
    except UserError as error:
        raise WorkflowError(str(error)) from None
    if left := left_over_jobs(Path.cwd()):
        logger.warning(
            f"{len(left)} jobs of an earlier start are still in the queue. Their runs are waited "
            f"for, twice. To end them first, losing nothing: scancel {' '.join(left)}"
        )


def forced_outputs(jobs):
    """What is to be made anew, though it is there."""
    forced = [job for job in jobs if workflow.dag.reason(job).forced]
    return [file for job in forced for file in job.output]


onstart:
    gc.enable()
    forget(forced_outputs(workflow.dag.needrun_jobs()))
    if workflow.executor_plugin.name == "slurm":
        ask_the_cluster(workflow.dag.needrun_jobs())
