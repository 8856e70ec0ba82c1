"""The two axes on which restored images are judged (Blau and Michaeli 2018), and their metrics."""

from asymmetry.study import Study

DISTORTION, PERCEPTION = "distortion", "perception"
_PSNR = "psnr_y"  # no judge, as a rule, but what most call distortion


def metrics_of_axes(study: Study) -> dict[str, list[str]]:
    """The metrics of each axis: PSNR and the judges, without people, whom no snapshot is shown."""
    evaluation = study.evaluation
    judged = {*evaluation.distortion, *evaluation.perception}
    first = [_PSNR] if _PSNR in evaluation.all_metrics and _PSNR not in judged else []
    return {DISTORTION: [*first, *evaluation.distortion], PERCEPTION: evaluation.perception}
