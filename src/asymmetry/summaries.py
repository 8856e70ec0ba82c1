"""The cheap stages, from tables to the page, and the stamps that make them run again. No torch.

Their results lie at plain paths, so a path does not say what it holds. Each depends on a stamp: a
small file that says the stage's code, settings and content-keyed inputs. `made` compares it with
what the results were made under.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asymmetry.analysis.hypotheses.registry import hypothesis_modules
from asymmetry.figures.registry import FORMATS, figure_modules
from asymmetry.files import digest
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
    """A cheap stage: its code, what it writes, its inputs and the stages before it.

    `files` are inputs at content-keyed paths, `inputs` digests of others.
    """

    roots: tuple[str, ...]
    outputs: tuple[Path, ...]
    files: tuple[Path, ...] = ()
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
            "runs": tuple(stages.trained),
            "scores": _paths(stages.assess_parts),
            "skill": _paths(stages.skill_parts),
            "optimisability": _paths(stages.optimise_parts),
            "transfer": _paths(stages.transfer_parts),
        }
        said = {"scores": tuple(filter(None, [human_digest(stages.study)]))}
        return {
            "photos": Summary(
                ("asymmetry.data.photos:Manifest",), self._in("photos.csv"), inputs=self._photos()
            ),
            **{
                name: Summary(collect, self._in(f"{name}.parquet"), files, said.get(name, ()))
                for name, files in tables.items()
            },
            "analyse": Summary(
                analyse, self._in(*_ANALYSED), inputs=self._measured(), after=tuple(tables)
            ),
            "figures": Summary(draw, self._in(*drawn), after=("analyse",)),
            "report": Summary(
                build,
                self._in(*PAGES, "metrics.json"),
                inputs=(sources_digest(),),
                after=("photos", "figures"),
            ),
        }

    def content(self, name: str) -> dict[str, Any]:
        """What the stamp of a stage says."""
        stage = self.by_name[name]
        return {
            "code": code_digest(stage.roots),
            "inputs": [*map(str, stage.files), *stage.inputs],
            "study": self._study,
        }

    def digest(self, name: str) -> str:
        """The sha256 (hex) of a stage's stamp."""
        return digest(self.content(name))

    def path(self, name: str) -> Path:
        """Where the stamp of a stage lies: a folder for each folder of results."""
        folder = f"{self._results.name}-{digest(self._results.as_posix())[:8]}"
        return CACHE / "stamps" / folder / name

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
        manifest = self._stages.plan.photos
        photos = [[p.name, p.sha256, p.group, p.split, p.licence] for p in manifest.photos]
        return (digest([photos, [vars(one) for one in manifest.left_out]]),)


def _paths(parts: "list[Part]") -> tuple[Path, ...]:
    return tuple(part.path for part in parts)
