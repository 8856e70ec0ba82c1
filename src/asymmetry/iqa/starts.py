"""The trunks that an IQA model starts from: trained discriminators, and their controls."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.backbones.contract import Backbone
from asymmetry.discriminators.registry import build_discriminator
from asymmetry.errors import UserError
from asymmetry.names import nearest
from asymmetry.plan import Plan, weight_digests
from asymmetry.records import read_record, verified_output
from asymmetry.study import Discriminator, Study
from asymmetry.weights import has_weights

FILE = "discriminator.safetensors"
CONTROLS = Path(".asymmetry/transfer")
OK, DIVERGED, MISSING_WEIGHTS = "ok", "diverged", "missing weights"


@dataclass(frozen=True)
class Start:
    """A trunk to start from; it can be built where `status` is "ok".

    `labels` are the first columns of its rows, `content` identifies its weights, and `folder` is
    where its results are kept.
    """

    labels: dict[str, Any]
    spec: Discriminator
    seed: int
    folder: Path
    content: dict[str, Any]
    status: str = OK
    state: Path | None = None

    def trunk(self, weights: Path) -> Backbone:
        """The trunk; `weights` is the folder of the weights manifest's files.

        Raises UserError where weights are corrupt.
        """
        discriminator = build_discriminator(self.spec, self.seed, weights)
        if self.state is not None:
            from safetensors.torch import load_file

            discriminator.load_state_dict(load_file(self.state))
        return discriminator.trunk


def find_start(study: Study, plan: Plan, name: str) -> Start:
    """The start of this name: a run's id, or `random/<discriminator>/seed<n>`, or `pretrained/...`.

    Raises UserError where the name is unknown, or the run's discriminator is not the one that its
    `run.json` records.
    """
    control, _, rest = name.partition("/")
    if control in ("random", "pretrained"):
        return _control(study, name, control, rest)
    return _trained(plan, name)


def _trained(plan: Plan, name: str) -> Start:
    run = plan.find(name)
    if run.settings["discriminator"] is None:
        raise UserError(f"{name}: has no discriminator to transfer; name a run with one")
    declared = Discriminator.model_validate(run.settings["discriminator"])
    # All tensors come from the run's file: pretrained ones need not be there any more.
    spec = declared.model_copy(update={"initialisation": "scratch"})
    record, cell = read_record(run.record), run.cell
    labels = {
        **_labels(name, cell.discriminator, spec, cell.seed, "discriminator"),
        "fidelity": cell.fidelity,
        "adversarial_weight": cell.adversarial_weight,
    }
    content = {"run": run.id}
    if record["status"] == DIVERGED:
        return Start(labels, spec, cell.seed, run.folder, content, DIVERGED)
    path = verified_output(run.folder, record, FILE)
    content["sha256"] = record["outputs"][FILE]
    return Start(labels, spec, cell.seed, run.folder, content, state=path)


def _control(study: Study, name: str, control: str, rest: str) -> Start:
    discriminator, _, seed = rest.rpartition("/seed")
    if discriminator not in study.discriminators or not seed.isdecimal():
        raise UserError(
            f"{name}: is not {control}/<discriminator>/seed<n> of this study; "
            f"{nearest(discriminator, study.discriminators)}"
        )
    declared = study.discriminators[discriminator]
    pretrained = control == "pretrained"
    spec = Discriminator(
        backbone=declared.backbone,
        head=declared.head,
        initialisation="scratch",
        # Spectral norm never covers a frozen trunk: the control has the trunk of the declared one.
        spectral_norm=declared.spectral_norm and not declared.frozen,
    )
    weights = BACKBONES[declared.backbone].weights
    present = weights is not None and has_weights(weights, Path(study.execution.weights))
    if pretrained and present:
        spec = spec.model_copy(update={"initialisation": "pretrained"})
    return Start(
        {
            **_labels(name, discriminator, declared, int(seed), control),
            "fidelity": None,
            "adversarial_weight": float("nan"),
        },
        spec,
        int(seed),
        CONTROLS,
        {
            "control": control,
            "seed": int(seed),
            "spec": spec.model_dump(mode="json"),
            "weights": weight_digests([weights]) if pretrained else {},
        },
        MISSING_WEIGHTS if pretrained and not present else OK,
    )


def _labels(
    name: str, discriminator: str, spec: Discriminator, seed: int, start: str
) -> dict[str, Any]:
    return {
        "run": name,
        "discriminator": discriminator,
        "backbone": spec.backbone,
        "head": spec.head,
        "fidelity": None,
        "adversarial_weight": float("nan"),
        "seed": seed,
        "initialisation": start,
    }
