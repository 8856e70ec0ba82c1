"""How large chance is in a study, and how much its parts differ: what its power hangs on.

All are standard deviations, in units of that between the cells of a study (z-scores). The defaults
are those of the trial in `published/bench-cpu`, as `pilot.estimated` finds them in its tables, the
mean over its axes: 15 losses, 5 trunks and 6 weights after 100 steps from a weak start. Two are
assumed: `kept`, for which the trial repeated too little, and `skill`, since its tables do not have
the values of single images (with unpaired intervals it would be .92). Another study may have
others; a pilot of it tells.
"""

from dataclasses import dataclass

from asymmetry.simulation.study import Chance


@dataclass(frozen=True)
class Components:
    """The standard deviations of what a score is made of.

    Between levels: `losses` without an adversary, `losses_beside` with one; `trunks` and `weights`
    with an adversary; `heads` between what trunks make of a head, patch or vanilla; `mixed` between
    pairs of a loss and a discriminator. Between repeated trainings: `trainings` without an
    adversary, `trainings_beside` with one. `seeds`: between the means of seeds, which analysis
    takes out. `images`: of losses on single images; `images_beside`: of discriminators on these.
    `judges`: of losses with single judges. `scores`: of what is left of one judge, cell and image.
    `skill`: the error of the skill of a loss as a share of the deviation between losses.
    `kept`: the correlation of the losses' effects without and with an adversary.
    """

    losses: float = 0.8
    losses_beside: float = 0.21
    trunks: float = 0.14
    weights: float = 0.14
    heads: float = 0.04
    mixed: float = 0.16
    trainings: float = 0.34
    trainings_beside: float = 0.25
    seeds: float = 2.6
    images: float = 0.29
    images_beside: float = 0.05
    judges: float = 0.6
    scores: float = 0.68
    skill: float = 0.5
    kept: float = 0.5

    def chance(self, images: int) -> Chance:
        """What differs by chance between the scores of a study on so many images."""
        return Chance(
            training=self.trainings,
            adversarial=self.trainings_beside / self.trainings if self.trainings > 0 else 1.0,
            seeds=self.seeds,
            scores=self.scores,
            by_image={"fidelity": self.images, "discriminator": self.images_beside},
            by_judge=self.judges,
            images=images,
        )
