"""The discriminators of a study side by side: what else differs where two of them are compared."""

from rich.console import Console
from rich.table import Table

from asymmetry.discriminators.contract import Size
from asymmetry.planning.discriminator_sizes import size_of
from asymmetry.planning.plan import Plan

# Beyond this ratio the sizes of two discriminators, and not only their kinds, are compared.
_ALIKE = 2.0


def print_discriminators(plan: Plan, console: Console) -> None:
    """Print size and receptive field of the grid's discriminators, and a warning where far apart.

    Nothing without a discriminator in the grid.
    """
    study = plan.study
    names = dict.fromkeys(cell.discriminator for cell in plan.cells)
    crop = study.training.crop
    used = [name for name in names if name in study.discriminators]
    sizes = {name: size_of(study.discriminators[name], crop) for name in used}
    if not sizes:
        return
    table = Table(
        "discriminator", "parameters", "trained", "a logit sees", box=None, pad_edge=False
    )
    for name, size in sizes.items():
        field = f"{size.receptive_field} of {crop} pixels"
        table.add_row(name, f"{size.parameters:,}", f"{size.trained_parameters:,}", field)
    console.print(table)
    if warning := far_apart(sizes):
        console.print(warning)


def far_apart(sizes: dict[str, Size]) -> str | None:
    """A line where the largest discriminator has over twice the parameters of the smallest."""
    ranked = sorted(sizes, key=lambda name: sizes[name].parameters)
    small, large = ranked[0], ranked[-1]
    ratio = sizes[large].parameters / sizes[small].parameters
    if ratio <= _ALIKE:
        return None
    return (
        f"warning: {large} has {ratio:.1f} times the parameters of {small}, so a comparison of "
        "their kinds is one of their sizes too; match them by `stride` and `width`"
    )
