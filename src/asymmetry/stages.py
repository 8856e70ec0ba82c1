"""What each stage of a study makes of what: the one source of paths for Snakefile and commands.

Heavy results lie at content-keyed paths, so a path says what it holds and modification times need
not be trusted. Cheap stages, from tables to the page, keep plain paths and depend on a stamp each
(`summaries`). Imports no torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from asymmetry.backbones.catalog import BACKBONES, builder_module
from asymmetry.data.sets import evaluation_images, set_digest
from asymmetry.errors import UserError
from asymmetry.fidelity.registry import code_of, weights_of
from asymmetry.figures.registry import figure_modules
from asymmetry.files import canonical_json, digest, write_if_changed
from asymmetry.identity import code_digest
from asymmetry.iqa.digests import iqa_set_digest
from asymmetry.plan import PILOT, Plan, weight_digests
from asymmetry.study.views import View, views
from asymmetry.summaries import CACHE, Summaries
from asymmetry.weights import has_weights


@dataclass(frozen=True)
class Part:
    """A table that one job makes: of some runs, of one IQA set, or of one fidelity loss."""

    path: Path
    runs: tuple[str, ...] = ()
    iqa_set: str = ""
    fidelity: str = ""


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
        evaluation = self.study.evaluation
        measured = [*evaluation.metrics, *evaluation.metrics_with_weights]
        return digest(
            {
                "evaluation": evaluation.model_dump(mode="json"),
                "sets": {
                    name: set_digest(self.study, name, self.plan.photos) for name in evaluation.sets
                },
                "reduce": self.study.photos.reduce,
                "tasks": {
                    name: task.model_dump(mode="json") for name, task in self.study.tasks.items()
                },
                "weights": self._present(measured),
                "code": code_digest(["asymmetry.assessment.engine", *_modules(measured)]),
            }
        )[:12]

    def skill_key(self, iqa_set: str) -> str:
        """What identifies the skill of all losses and metrics on one IQA set."""
        evaluation, losses = self.study.evaluation, self._losses
        measured = [*evaluation.metrics, *evaluation.metrics_with_weights]
        modules = _modules([*measured, *losses])
        return digest(
            {
                "losses": losses,
                "metrics": measured,
                "set": self._iqa_set(iqa_set),
                "bootstrap": self.study.execution.bootstrap,
                "weights": self._present([*measured, *losses]),
                "code": code_digest(["asymmetry.iqa.skill", *modules]),
            }
        )[:12]

    def optimise_key(self, fidelity: str) -> str:
        """What identifies the optimisability of one loss."""
        return digest(
            {
                "optimisability": self.study.optimisability.model_dump(mode="json"),
                "photos": [[photo.name, photo.sha256] for photo in self.plan.optimised_photos],
                "reduce": self.study.photos.reduce,
                "weights": self._present([fidelity]),
                "code": code_digest(["asymmetry.optimisability.measure", *_modules([fidelity])]),
            }
        )[:12]

    @cached_property
    def transfer_key(self) -> str:
        """What identifies a transfer beside the run whose discriminator it starts from."""
        transfer, used = self.study.transfer, self.study.discriminators
        trunks = [spec.backbone for spec in used.values()]
        modules = ["asymmetry.discriminators.build", *map(builder_module, trunks)]
        return digest(
            {
                "transfer": transfer.model_dump(mode="json"),
                "discriminators": {name: spec.model_dump() for name, spec in used.items()},
                "sets": {name: self._iqa_set(name) for name in transfer.sets},
                "bootstrap": self.study.execution.bootstrap,
                "weights": self._present(trunks),
                "code": code_digest(["asymmetry.iqa.transfer", *modules]),
            }
        )[:12]

    @cached_property
    def assess_parts(self) -> list[Part]:
        """The tables of scores, some runs each."""
        return self._parts("scores", self.assess_key, self.assessed)

    @cached_property
    def skill_parts(self) -> list[Part]:
        """The tables of skill, an IQA set each."""
        folder = self.results / "parts/skill"
        return [
            Part(folder / f"{name}-{self.skill_key(name)}.parquet", iqa_set=name)
            for name in self.study.iqa_sets
        ]

    @cached_property
    def optimise_parts(self) -> list[Part]:
        """The tables of optimisability, a loss each."""
        folder = self.results / "parts/optimise"
        return [
            Part(folder / f"{name}-{self.optimise_key(name)}.parquet", fidelity=name)
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
        for part in self.parts:
            if part.path == path:
                return part
        raise UserError(f"{path}: is no table of this study; see `snakemake -n` for those it has")

    def records(self, part: Part) -> list[Path]:
        """The `run.json` files that a part reads."""
        known, names = self.plan.by_id, (name.removesuffix(PILOT) for name in part.runs)
        return list(dict.fromkeys(known[name].record for name in names if name in known))

    def stamp(self, stage: str) -> Path:
        """The file that makes a cheap stage run again: see `summaries`."""
        return self.summaries.stamp(stage)

    @cached_property
    def summaries(self) -> Summaries:
        """The cheap stages."""
        return Summaries(self)

    @cached_property
    def figures(self) -> dict[str, str]:
        """The figures and the modules that draw them."""
        return figure_modules()

    def _parts(self, kind: str, key: str, runs: list[str]) -> list[Part]:
        size = self.study.execution.runs_per_job
        groups = [tuple(runs[i : i + size]) for i in range(0, len(runs), size)]
        folder = self.results / "parts" / kind
        return [
            Part(folder / f"{index:03d}-{digest([key, *group])[:12]}.parquet", group)
            for index, group in enumerate(groups)
        ]

    @cached_property
    def _losses(self) -> list[str]:
        return list(dict.fromkeys(run.cell.fidelity for run in self.plan.runs))

    def _iqa_set(self, name: str) -> str:
        return iqa_set_digest(self.study, name, self.plan.photos)

    def _present(self, names: Sequence[str]) -> dict[str, str]:
        """The digests of the weights, of those that are present, inside metrics and backbones."""
        folder = Path(self.study.execution.weights)
        entries: set[str | None] = {
            entry
            for name in names
            for entry in ([BACKBONES[name].weights] if name in BACKBONES else weights_of(name))
        }
        return {
            name: expected
            for name, expected in weight_digests(entries).items()
            if has_weights(name, folder)
        }


def _modules(names: Sequence[str]) -> list[str]:
    """The modules of losses and metrics."""
    return [module for name in names for module in code_of(name)]
