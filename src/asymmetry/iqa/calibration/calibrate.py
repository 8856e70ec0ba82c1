"""The stage `calibrate`: channel weights of one backbone, fitted to part of an IQA set."""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from asymmetry.core.devices import choose_device, cores, repeatable
from asymmetry.core.errors import UserError
from asymmetry.data.images import to_tensor
from asymmetry.data.iqa_sets.images import IqaImage, load_set
from asymmetry.fidelity.dists import Dists, even_dists
from asymmetry.iqa.calibration.fit import Values, fit_weights
from asymmetry.iqa.calibration.split import fitting_images
from asymmetry.planning.plan import Plan
from asymmetry.weights.channel_weights import write_fitted

# The threads of each sum. Another number gives other last bits, and would not change a fit's name.
_THREADS = 1
_log = logging.getLogger(__name__)


def calibrate(plan: Plan, output: Path) -> None:
    """Fit the channel weights that belong at `output`, and write them with their record.

    Raises UserError where the study has no fit there; where the set cannot be read or split; where
    weights of the backbone are missing or corrupt; and where the scores do not determine a fit.
    """
    fit, study = plan.fit_at(output), plan.study
    section = study.calibration
    assert section is not None  # a plan without one has no fit
    repeatable(_THREADS)
    images = fitting_images(section, load_set(study, section.set, plan.photos)).images
    device = choose_device(study.execution.device)
    loss = even_dists(fit.settings["backbone"], Path(study.execution.weights)).to(device)
    with ThreadPoolExecutor(cores()) as pool:
        rows = list(pool.map(partial(dissimilarities, loss, device), images))
    badness = -np.array([image.score for image in images])
    contents = [image.group for image in images]
    with threadpool_limits(_THREADS):
        weights, penalty = fit_weights(np.stack(rows), badness, contents)
    alpha, beta = weights.astype(np.float32).reshape(2, -1)
    facts = {
        "set": section.set,
        "references": sorted(set(contents)),
        "images": len(images),
        "penalty": penalty,
    }
    write_fitted(output, alpha, beta, fit.settings, facts)
    _log.info("%s: fitted on %d images, penalty %g", fit.loss, len(images), penalty)


@torch.no_grad()
def dissimilarities(loss: Dists, device: torch.device, image: IqaImage) -> Values:
    """1 - S1 of each channel, then 1 - S2: [2C], of an image and its reference.

    Raises UserError where there is no reference, or one of another size.
    """
    pixels, reference = image.pixels(), image.reference() if image.reference else None
    if reference is None or pixels.shape != reference.shape:
        raise UserError(
            f"calibration.set: {image.name} has no reference of its size; take another set"
        )
    terms = loss.terms(to_tensor(pixels).to(device), to_tensor(reference).to(device))
    return (1 - terms.double()).flatten().cpu().numpy()
