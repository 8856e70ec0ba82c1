"""The stage `transfer`: the initialisations of IQA models, and their tables. Imports no torch."""

from collections.abc import Iterator
from functools import cached_property

from asymmetry.backbones.catalog import BACKBONES, builder_of
from asymmetry.core.files import digest
from asymmetry.discriminators.registry import BUILDER
from asymmetry.planning.identity import code_digest
from asymmetry.planning.metric_digests import content_of
from asymmetry.planning.stage import Part, Stage

CHANGES_NUMBERS = False
_ROOT = "asymmetry.iqa.transfer.measure:measure_part"


class TransferStage(Stage):
    """What discriminators bring to IQA models."""

    table = "transfer"

    @cached_property
    def key(self) -> str:
        """What identifies a transfer, beside the run whose discriminator is transferred."""
        transfer, used = self.study.transfer, self.study.discriminators
        trunks = [spec.backbone for spec in used.values()]
        return digest(
            {
                "transfer": transfer.model_dump(mode="json"),
                "discriminators": {name: spec.model_dump() for name, spec in used.items()},
                "sets": {name: self.iqa_set(name) for name in transfer.sets},
                "bootstrap": self.study.execution.bootstrap,
                **content_of(self.plan, trunks),
                "code": code_digest([_ROOT, BUILDER, *map(builder_of, trunks)]),
            }
        )[:12]

    def declared_parts(self) -> Iterator[Part]:
        """Each of some discriminators: the controls, then the runs. None, where there is no set."""
        runs = [run.id for run in self.plan.runs if run.cell.adversarial_weight > 0]
        measured = [*self.controls, *runs] if self.study.transfer.sets else []
        return self.shared_out(self.key, measured)

    @cached_property
    def controls(self) -> list[str]:
        """`<control>/<discriminator>/seed<n>` for each control that the discriminator can have."""
        games = [run.cell for run in self.plan.runs if run.cell.adversarial_weight > 0]
        pairs = dict.fromkeys((cell.discriminator, cell.seed) for cell in games)
        return [
            f"{control}/{name}/seed{seed}"
            for control in self.study.transfer.initialisations
            for name, seed in pairs
            if self._has_control(control, name)
        ]

    def _has_control(self, control: str, discriminator: str) -> bool:
        """Whether there is such a control; before training, a scratch one equals `random`."""
        declared = self.study.discriminators[discriminator]
        if control == "before":
            return declared.initialisation == "pretrained"
        if control == "pretrained":
            headless = self.study.transfer.modes != ["raw"]
            return headless and BACKBONES[declared.backbone].weights is not None
        return control == "random"
