"""The cheap stages, from tables to the page, and the stamps that make them run again. No torch.

Their results lie at plain paths, so a path does not say what it holds. Each depends on a stamp: a
small file that changes exactly when the stage's code, settings or content-keyed inputs do. From one
stage to the next, a change travels by modification times, as Snakemake sees them.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asymmetry.analysis.hypotheses.registry import hypothesis_modules
from asymmetry.figures.registry import FORMATS, figure_modules
from asymmetry.files import canonical_json, digest, write_if_changed
from asymmetry.identity import code_digest
from asymmetry.measures import contracts_of
from asymmetry.report.sources import PAGES, sources_digest
from asymmetry.userstudy.join import human_digest

if TYPE_CHECKING:
    from asymmetry.stages import Part, Stages

CHANGES_NUMBERS = False
CACHE = Path(".asymmetry")
_ANALYSED = ["effect.parquet", "asymmetry.parquet", "robustness.parquet", "claims.md"]
_ANALYSED += [f"hypotheses.{kind}" for kind in ("parquet", "json", "csv")]


@dataclass(frozen=True)
class Summary:
    """A cheap stage: its code, what it writes, its content-keyed inputs, the stages before it."""

    roots: tuple[str, ...]
    outputs: tuple[Path, ...]
    inputs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class Summaries:
    """The cheap stages of a study by name, each after those that it reads."""

    def __init__(self, stages: "Stages") -> None:
        self._stages, self._results = stages, stages.results

    @cached_property
    def by_name(self) -> dict[str, Summary]:
        """photos, the tables, `analyse`, `figures`, `report`."""
        stages, figures = self._stages, figure_modules()
        collect = ("asymmetry.collect:collect_table",)
        analyse = ("asymmetry.analysis.analyse:analyse", *hypothesis_modules())
        draw = ("asymmetry.figures.write:draw", *figures.values())
        build = ("asymmetry.report.build:write_report", "asymmetry.report.metrics:write_metrics")
        drawn = [f"figures/{name}.{kind}" for name in figures for kind in FORMATS]
        tables = {
            "runs": tuple(map(str, stages.trained)),
            "scores": (*_paths(stages.assess_parts), *filter(None, [human_digest(stages.study)])),
            "skill": _paths(stages.skill_parts),
            "optimisability": _paths(stages.optimise_parts),
            "transfer": _paths(stages.transfer_parts),
        }
        return {
            "photos": Summary(
                ("asymmetry.data.photos:Manifest",), self._in("photos.csv"), self._photos()
            ),
            **{
                name: Summary(collect, self._in(f"{name}.parquet"), inputs)
                for name, inputs in tables.items()
            },
            "analyse": Summary(
                analyse, self._in(*_ANALYSED), self._measured(), after=tuple(tables)
            ),
            "figures": Summary(draw, self._in(*drawn), after=("analyse",)),
            "report": Summary(
                build,
                self._in(*PAGES, "metrics.json"),
                (sources_digest(),),
                after=("photos", "figures"),
            ),
        }

    def content(self, name: str) -> dict[str, Any]:
        """What the stamp of a stage says."""
        stage = self.by_name[name]
        return {
            "code": code_digest(stage.roots),
            "inputs": stage.inputs,
            "study": self._study,
        }

    def digest(self, name: str) -> str:
        """The sha256 (hex) of a stage's stamp."""
        return digest(self.content(name))

    def path(self, name: str) -> Path:
        """Where the stamp of a stage lies."""
        return CACHE / "stamps" / self._results.name / name

    def stamp(self, name: str) -> Path:
        """Write the stamp of a stage, if it changed; its path."""
        write_if_changed(self.path(name), canonical_json(self.content(name)))
        return self.path(name)

    @cached_property
    def _study(self) -> dict[str, Any]:
        return self._stages.study.model_dump(mode="json", exclude={"execution"})

    def _in(self, *names: str) -> tuple[Path, ...]:
        return tuple(self._results / name for name in names)

    def _measured(self) -> tuple[str, ...]:
        """What the analysis knows of losses, metrics and judges beside their numbers."""
        judges = self._stages.study.evaluation.judges
        return (digest(contracts_of([*judges, *self._stages.measured])),)

    def _photos(self) -> tuple[str, ...]:
        photos = self._stages.plan.photos.photos
        return (digest([[p.name, p.sha256, p.group, p.split, p.licence] for p in photos]),)


def _paths(parts: "list[Part]") -> tuple[str, ...]:
    return tuple(str(part.path) for part in parts)
