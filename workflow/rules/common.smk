def resources_of(rule, name, default):
    """A resource of a rule, as `execution.resources` says."""
    return study.execution.resources.get(rule, {}).get(name, default)


def stamp(stage, *modules):
    """The stamp that makes a cheap stage run again when its code or settings change."""
    return stages.stamp(stage, modules)


wildcard_constraints:
    run=".+",
    table="[a-z]+",
    figure="[a-z_]+",
