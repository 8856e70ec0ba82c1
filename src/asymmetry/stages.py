"""What each stage of a study makes of what: the one source of paths for Snakefile and commands.

Heavy results lie at content-keyed paths, so a path says what it holds and modification times need
not be trusted. Cheap stages, from tables to the page, keep plain paths and depend on a stamp each
(`summaries`). Imports no torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from asymmetry.backbones.catalog import BACKBONES, builder_of
from asymmetry.data.sets import evaluation_images, set_digest
from asymmetry.discriminators.registry import BUILDER
from asymmetry.errors import UserError
from asymmetry.files import canonical_json, digest, write_if_changed
from asymmetry.identity import code_digest
from asymmetry.iqa.digests import iqa_set_digest
from asymmetry.measures import content_of, roots_of
from asymmetry.plan import PILOT, Plan
from asymmetry.study.views import View, views
from asymmetry.summaries import CACHE, Summaries

CHANGES_NUMBERS = False
# What each stage begins from.
_ASSESS = "asymmetry.assessment.engine:assess_part"
_SKILL = "asymmetry.iqa.skill:measure_part"
_OPTIMISE = "asymmetry.optimisability.measure:optimise_part"
_TRANSFER = "asymmetry.iqa.transfer:transfer_part"


@dataclass(frozen=True)
class Part:
    """A table that one job makes: of some runs, of one IQA set, or of one fidelity loss.

    `measured` are the losses and metrics that it needs.
    """

    path: Path
    runs: tuple[str, ...] = ()
    iqa_set: str = ""
    fidelity: str = ""
    measured: tuple[str, ...] = ()


class Stages:
    """The stages after training, for one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.study = plan, plan.study
        self.results = Path(plan.study.results)

    @cached_property
    def study_file(self) -> Path:
        """The whole study as the jobs read it; named by content, so two studies never mix."""
        content = canonical_json(self.study.model_dump(mode="json"))
        path = CACHE / "studies" / f"{digest(self.study.model_dump(mode='json'))[:12]}.yaml"
        write_if_changed(path, content)
        return path

    @cached_property
    def trained(self) -> list[Path]:
        """The `run.json` of every warm start and cell."""
        return [run.record for run in [*self.plan.warm_starts, *self.plan.runs]]

    @cached_property
    def fitted(self) -> list[Path]:
        """The file of every calibration."""
        return [fit.path for fit in self.plan.fits.values()]

    @cached_property
    def baselines(self) -> list[str]:
        """Bicubic interpolation, for each task of the grid."""
        return [f"{task}/bicubic" for task in dict.fromkeys(r.cell.task for r in self.plan.runs)]

    @cached_property
    def assessed(self) -> list[str]:
        """The baselines, the runs and their pilots: what is assessed."""
        runs = [*self.plan.warm_starts, *self.plan.runs]
        pilots = [run.pilot for run in self.plan.runs if run.pilot_step]
        return [*self.baselines, *(run.id for run in runs), *pilots]

    @cached_property
    def views(self) -> list[View]:
        """The parts of evaluation images that the assessment keeps of every generator's output."""
        evaluation = self.study.evaluation
        names = {
            name: [photo.name for photo in evaluation_images(self.study, name, self.plan.photos)]
            for name in evaluation.sets
        }
        return views(evaluation, names)

    @cached_property
    def assess_key(self) -> str:
        """What identifies an assessment beside its run: images, metrics, weights, code."""
        measured = self._metrics
        return digest(
            {
                "evaluation": self.study.evaluation.model_dump(mode="json"),
                "sets": {
                    name: set_digest(self.study, name, self.plan.photos)
                    for name in self.study.evaluation.sets
                },
                "reduce": self.study.photos.reduce,
                "tasks": {
                    name: task.model_dump(mode="json") for name, task in self.study.tasks.items()
                },
                **content_of(self.plan, measured),
                "code": code_digest([_ASSESS, *roots_of(measured)]),
            }
        )[:12]

    def skill_key(self, iqa_set: str) -> str:
        """What identifies the skill of all losses and metrics on one IQA set."""
        losses, metrics, section = self._losses, self._metrics, self.study.calibration
        fitting = section if section and section.set == iqa_set else None
        return digest(
            {
                "losses": losses,
                "metrics": metrics,
                "set": self._iqa_set(iqa_set),
                "fitting": fitting and [fitting.train, fitting.seed],
                "bootstrap": self.study.execution.bootstrap,
                **content_of(self.plan, self.measured),
                "code": code_digest([_SKILL, *roots_of(self.measured)]),
            }
        )[:12]

    def optimise_key(self, fidelity: str) -> str:
        """What identifies the optimisability of one loss."""
        return digest(
            {
                "optimisability": self.study.optimisability.model_dump(mode="json"),
                "photos": [[photo.name, photo.sha256] for photo in self.plan.optimised_photos],
                "reduce": self.study.photos.reduce,
                **content_of(self.plan, [fidelity]),
                "code": code_digest([_OPTIMISE, *roots_of([fidelity])]),
            }
        )[:12]

    @cached_property
    def transfer_key(self) -> str:
        """What identifies a transfer beside the run whose discriminator it starts from."""
        transfer, used = self.study.transfer, self.study.discriminators
        trunks = [spec.backbone for spec in used.values()]
        roots = [BUILDER, *map(builder_of, trunks)]
        return digest(
            {
                "transfer": transfer.model_dump(mode="json"),
                "discriminators": {name: spec.model_dump() for name, spec in used.items()},
                "sets": {name: self._iqa_set(name) for name in transfer.sets},
                "bootstrap": self.study.execution.bootstrap,
                **content_of(self.plan, trunks),
                "code": code_digest([_TRANSFER, *roots]),
            }
        )[:12]

    @cached_property
    def assess_parts(self) -> list[Part]:
        """The tables of scores, some runs each."""
        return self._parts("scores", self.assess_key, self.assessed, self._metrics)

    @cached_property
    def skill_parts(self) -> list[Part]:
        """The tables of skill, an IQA set each."""
        measured = tuple(self.measured)
        return [
            self._part("skill", f"{name}-{self.skill_key(name)}", iqa_set=name, measured=measured)
            for name in self.study.iqa_sets
        ]

    @cached_property
    def optimise_parts(self) -> list[Part]:
        """The tables of optimisability, a loss each."""
        return [
            self._part(
                "optimise", f"{name}-{self.optimise_key(name)}", fidelity=name, measured=(name,)
            )
            for name in self._losses
        ]

    @cached_property
    def transfer_parts(self) -> list[Part]:
        """The tables of transfer, some discriminators each; controls stand beside their runs."""
        runs = [run.id for run in self.plan.runs if run.cell.adversarial_weight > 0]
        return self._parts("transfer", self.transfer_key, [*self.transfer_controls, *runs])

    @cached_property
    def transfer_controls(self) -> list[str]:
        """`<start>/<discriminator>/seed<n>` for each start that such a discriminator can have."""
        games = [run.cell for run in self.plan.runs if run.cell.adversarial_weight > 0]
        pairs = dict.fromkeys((cell.discriminator, cell.seed) for cell in games)
        return [
            f"{start}/{name}/seed{seed}"
            for start in self.study.transfer.initialisations
            for name, seed in pairs
            if self._has_control(start, name)
        ]

    def _has_control(self, start: str, discriminator: str) -> bool:
        """Whether there is such a control; before its training, a scratch one is the random one."""
        declared = self.study.discriminators[discriminator]
        if start == "before":
            return declared.initialisation == "pretrained"
        if start == "pretrained":
            headless = self.study.transfer.modes != ["raw"]
            return headless and BACKBONES[declared.backbone].weights is not None
        return start == "random"

    @property
    def parts(self) -> list[Part]:
        """The tables of all stages that one job makes each."""
        return [
            *(*self.assess_parts, *self.skill_parts),
            *(*self.optimise_parts, *self.transfer_parts),
        ]

    def part(self, path: Path) -> Part:
        """The part at a path; UserError where the study has none there."""
        if path not in self._part_at:
            raise UserError(
                f"{path}: is no table of this study; see `snakemake -n` for those it has"
            )
        return self._part_at[path]

    @cached_property
    def _part_at(self) -> dict[Path, Part]:
        return {part.path: part for part in self.parts}

    def reads(self, part: Part) -> list[Path]:
        """What a part waits for: `run.json` files, and the files of fitted channel weights."""
        known, names = self.plan.by_id, (name.removesuffix(PILOT) for name in part.runs)
        records = dict.fromkeys(known[name].record for name in names if name in known)
        fits = dict.fromkeys(map(self.plan.fitted, part.measured))
        return [*records, *filter(None, fits)]

    def stamp(self, stage: str) -> Path:
        """The file that makes a cheap stage run again: see `made`."""
        return self.summaries.path(stage)

    @cached_property
    def summaries(self) -> Summaries:
        """The cheap stages."""
        return Summaries(self)

    def _part(self, kind: str, stem: str, **what: Any) -> Part:
        return Part(self.results / "parts" / kind / f"{stem}.parquet", **what)

    def _parts(
        self, kind: str, key: str, runs: list[str], measured: Sequence[str] = ()
    ) -> list[Part]:
        size = self.study.execution.runs_per_job
        groups = [tuple(runs[i : i + size]) for i in range(0, len(runs), size)]
        stems = [f"{i:03d}-{digest([key, *group])[:12]}" for i, group in enumerate(groups)]
        return [
            self._part(kind, stem, runs=group, measured=tuple(measured))
            for stem, group in zip(stems, groups, strict=True)
        ]

    @cached_property
    def measured(self) -> list[str]:
        """The metrics and the losses of the study."""
        return [*self._metrics, *self._losses]

    @cached_property
    def _metrics(self) -> list[str]:
        evaluation = self.study.evaluation
        return [*evaluation.metrics, *evaluation.metrics_with_weights]

    @cached_property
    def _losses(self) -> list[str]:
        return list(dict.fromkeys(run.cell.fidelity for run in self.plan.runs))

    def _iqa_set(self, name: str) -> str:
        return iqa_set_digest(self.study, name, self.plan.photos)
