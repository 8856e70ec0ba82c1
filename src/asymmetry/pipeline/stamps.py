"""The cheap stages, from tables to the page, and the stamps that make them run again. No torch.

Their results lie at plain paths, so a path does not say what it holds. Each depends on a stamp: a
small file that says the stage's code, settings and content-keyed inputs. `made` compares it with
what the results were made under.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from asymmetry.analysis.hypotheses.registry import hypothesis_modules
from asymmetry.core.files import STATE, digest, sha256_of
from asymmetry.figures.registry import FORMATS, drawn_figures, figure_modules
from asymmetry.planning.identity import code_digest
from asymmetry.planning.metric_digests import contracts_of
from asymmetry.planning.plan import Plan
from asymmetry.report.sources import PAGES, for_snakemake, sources_digest
from asymmetry.tables.people import human_digest
from asymmetry.tables.power import power_path

_ANALYSED = ["effect.parquet", "asymmetry.parquet", "robustness.parquet", "claims.md"]
_ANALYSED += ["reliability.parquet"]
_ANALYSED += [f"hypotheses.{kind}" for kind in ("parquet", "json", "csv")]


@dataclass(frozen=True)
class CheapStage:
    """A cheap stage: its code, what it writes, its inputs and the stages before it.

    `files` are inputs at content-keyed paths, `inputs` digests of others.
    """

    roots: tuple[str, ...]
    outputs: tuple[Path, ...]
    files: tuple[Path, ...] = ()
    inputs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class Stamps:
    """The cheap stages of a study by name, each after those that it reads.

    `tables` are the files that each table is collected from.
    """

    def __init__(self, plan: Plan, tables: Mapping[str, Sequence[Path]]) -> None:
        self._plan, self._study = plan, plan.study
        self._results, self._tables = Path(plan.study.results), tables

    @cached_property
    def by_name(self) -> dict[str, CheapStage]:
        """photos, the tables, `analyse`, `figures`, `report`."""
        modules, power = figure_modules(), power_path(self._results)
        figures = {name: modules[name] for name in drawn_figures(self._results)}
        collect = ("asymmetry.pipeline.collect:collect_table",)
        analyse = ("asymmetry.analysis.analyse:analyse", *hypothesis_modules())
        draw = ("asymmetry.figures.write:draw", *figures.values())
        build = ("asymmetry.report.build:write_report", "asymmetry.report.metrics:write_metrics")
        drawn = [f"figures/{name}.{kind}" for name in figures for kind in FORMATS]
        beside = {"skill": ("skill_values.parquet",)}
        said = {
            "scores": tuple(filter(None, [human_digest(self._study)])),
            "runs": tuple(self._plan.outside),  # ids that say the bytes of what was made elsewhere
        }
        return {
            "photos": CheapStage(
                ("asymmetry.data.photos:PhotoManifest",),
                self._in("photos.csv"),
                inputs=self._photos(),
            ),
            **{
                name: CheapStage(
                    collect,
                    self._in(f"{name}.parquet", *beside.get(name, ())),
                    tuple(files),
                    said.get(name, ()),
                )
                for name, files in self._tables.items()
            },
            "analyse": CheapStage(
                analyse, self._in(*_ANALYSED), inputs=self._measured(), after=tuple(self._tables)
            ),
            "figures": CheapStage(
                draw,
                self._in(*drawn),
                inputs=(sha256_of(power),) if power.is_file() else (),
                after=("analyse",),
            ),
            "report": CheapStage(
                build,
                self._in(*PAGES, "metrics.json", *for_snakemake(figures)),
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
            "study": self._settings,
        }

    def digest(self, name: str) -> str:
        """The sha256 (hex) of a stage's stamp."""
        return digest(self.content(name))

    def path(self, name: str) -> Path:
        """Where the stamp of a stage lies: a folder for each folder of results."""
        folder = f"{self._results.name}-{digest(self._results.as_posix())[:8]}"
        return STATE / "stamps" / folder / name

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return self._study.model_dump(mode="json", exclude={"execution"})

    def _in(self, *names: str) -> tuple[Path, ...]:
        return tuple(self._results / name for name in names)

    def _measured(self) -> tuple[str, ...]:
        """What the analysis knows of losses, metrics and judges beside their numbers."""
        judges = self._study.evaluation.judges
        return (digest(contracts_of([*judges, *self._plan.measured])),)

    def _photos(self) -> tuple[str, ...]:
        manifest = self._plan.photos
        photos = [[p.name, p.sha256, p.group, p.split, p.licence] for p in manifest.photos]
        return (digest([photos, [vars(one) for one in manifest.left_out]]),)
