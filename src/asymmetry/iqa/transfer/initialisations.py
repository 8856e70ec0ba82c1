"""The initialisations of IQA models: trained discriminators, and their controls."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.core.devices import choose_device
from asymmetry.core.errors import UserError
from asymmetry.core.files import STATE
from asymmetry.core.names import nearest
from asymmetry.core.records import read_record, verified_output
from asymmetry.discriminators.registry import build_discriminator
from asymmetry.planning.plan import Plan
from asymmetry.study import Discriminator as DiscriminatorSpec
from asymmetry.study import Study
from asymmetry.tables.schemas import ENDED_BADLY, MISSING_WEIGHTS, OK
from asymmetry.weights.store import has_weights

if TYPE_CHECKING:
    from asymmetry.discriminators.build import Discriminator

DISCRIMINATOR_FILE = "discriminator.safetensors"
CONTROLS = STATE / "transfer"


@dataclass(frozen=True)
class Initialisation:
    """A discriminator that IQA models start from; it can be built where `status` is "ok".

    `labels` are the first columns of its rows. Its results are kept in `folder`. `state` is the
    file of its tensors; without one they are drawn from `seed`, or pretrained.
    """

    labels: dict[str, Any]
    spec: DiscriminatorSpec
    seed: int
    folder: Path
    status: str = OK
    state: Path | None = None

    @property
    def has_head(self) -> bool:
        """Whether its head was made with its trunk; a trunk from ImageNet has no score."""
        return self.labels["initialisation"] != "pretrained"

    def discriminator(self, study: Study) -> "Discriminator":
        """Trunk and head, on the study's device; UserError where weights are corrupt."""
        from safetensors.torch import load_file

        built = build_discriminator(self.spec, self.seed, Path(study.execution.weights))
        if self.state is not None:
            built.load_state_dict(load_file(self.state))
        return built.to(choose_device(study.execution.device))


def find_initialisation(study: Study, plan: Plan, name: str) -> Initialisation:
    """The initialisation of this name: a run's id, or `<control>/<discriminator>/seed<n>`.

    The controls are `random`; `before`, the discriminator as it was before its training; and
    `pretrained`, its trunk with pretrained weights.

    Raises UserError where the name is unknown, and where the run's discriminator is missing or not
    the one that its `run.json` records.
    """
    control, _, rest = name.partition("/")
    if control in ("random", "before", "pretrained"):
        return _control(study, name, control, rest)
    return _trained(plan, name)


def _trained(plan: Plan, name: str) -> Initialisation:
    run = plan.find(name)
    if run.settings["discriminator"] is None:
        raise UserError(f"{name}: has no discriminator to transfer; name a run with one")
    declared = DiscriminatorSpec.model_validate(run.settings["discriminator"])
    # All tensors come from the run's file, so no file of pretrained weights is needed.
    spec = declared.model_copy(update={"initialisation": "scratch"})
    record, cell = read_record(run.record), run.cell
    labels = {
        **_labels(name, cell.discriminator, spec, cell.seed, "discriminator"),
        "fidelity": cell.fidelity,
        "adversarial_weight": cell.adversarial_weight,
    }
    if record["status"] in ENDED_BADLY:
        return Initialisation(labels, spec, cell.seed, run.folder, record["status"])
    path = verified_output(run.folder, record, DISCRIMINATOR_FILE)
    return Initialisation(labels, spec, cell.seed, run.folder, state=path)


def _control(study: Study, name: str, control: str, rest: str) -> Initialisation:
    discriminator, _, seed = rest.rpartition("/seed")
    if discriminator not in study.discriminators or not seed.isdecimal():
        raise UserError(
            f"{name}: is not {control}/<discriminator>/seed<n> of this study; "
            f"{nearest(discriminator, study.discriminators)}"
        )
    declared = study.discriminators[discriminator]
    spec = declared if control == "before" else _bare(declared, control)
    weights = BACKBONES[declared.backbone].weights
    missing = spec.initialisation == "pretrained" and not (
        weights and has_weights(weights, Path(study.execution.weights))
    )
    labels = _labels(name, discriminator, declared, int(seed), control)
    return Initialisation(labels, spec, int(seed), CONTROLS, MISSING_WEIGHTS if missing else OK)


def _bare(declared: DiscriminatorSpec, control: str) -> DiscriminatorSpec:
    """The discriminator with a trunk that is random, or pretrained where weights exist."""
    return declared.model_copy(
        update={
            "initialisation": "scratch" if control == "random" else "pretrained",
            "frozen": False,
            # It never covers a frozen trunk: the control has the trunk of the declared one.
            "spectral_norm": declared.spectral_norm and not declared.frozen,
        }
    )


def _labels(
    name: str, discriminator: str, spec: DiscriminatorSpec, seed: int, initialisation: str
) -> dict[str, Any]:
    return {
        "run": name,
        "discriminator": discriminator,
        "backbone": spec.backbone,
        "head": spec.head,
        "fidelity": None,
        "adversarial_weight": float("nan"),
        "seed": seed,
        "initialisation": initialisation,
    }
