"""The two axes on which restored images are judged (Blau and Michaeli 2018), and their metrics."""

from asymmetry.metrics.contracts import JUDGES, METRICS
from asymmetry.study import Study

DISTORTION, PERCEPTION = "distortion", "perception"
_PSNR = "psnr_y"  # no judge, as a rule, but what most call distortion


def metrics_of_axes(study: Study) -> dict[str, list[str]]:
    """The metrics of each axis: PSNR and the judges, without people, whom no snapshot is shown.

    Distortion is what a formula measures against the reference; perception is what needs no
    reference, or a network.
    """
    evaluation = study.evaluation
    judges = [name for name in evaluation.judges if name in METRICS]
    first = [_PSNR] if _PSNR in evaluation.all_metrics and _PSNR not in judges else []
    axes: dict[str, list[str]] = {DISTORTION: first, PERCEPTION: []}
    for name in judges:
        contract = JUDGES[name]
        formula = contract.full_reference and not (contract.backbone or contract.weights)
        axes[DISTORTION if formula else PERCEPTION].append(name)
    return axes
