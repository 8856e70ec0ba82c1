"""What the stages that compute have in common: the tables that their jobs make. Imports no torch.

Their results lie at content-keyed paths, so a path says what it holds, and modification times need
not be trusted.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from asymmetry.core.errors import UserError
from asymmetry.core.files import digest
from asymmetry.data.iqa_sets.digests import iqa_set_digest
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import SNAPSHOT


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


class Stage(ABC):
    """A stage that computes, for one plan. `table` is its table, and the folder of its parts."""

    table: ClassVar[str]

    def __init__(self, plan: Plan) -> None:
        self.plan, self.study = plan, plan.study

    @cached_property
    def parts(self) -> list[Part]:
        """The tables that one job makes each."""
        return list(self.declared_parts())

    @abstractmethod
    def declared_parts(self) -> Iterator[Part]:
        """The parts, each at a path with the digest of all that can change it."""

    def part(self, path: Path) -> Part:
        """The part at a path; UserError where the stage has none there."""
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
        known, names = self.plan.by_id, (name.partition(SNAPSHOT)[0] for name in part.runs)
        wanted = [*names, *self.beside(part.runs)]
        records = dict.fromkeys(known[name].record for name in wanted if name in known)
        fits = dict.fromkeys(map(self.plan.fitted, part.measured))
        return [*records, *filter(None, fits)]

    def beside(self, runs: Sequence[str]) -> list[str]:
        """What the numbers of these runs are also made of: the ids of others."""
        return []

    def at(self, stem: str, **what: Any) -> Part:
        """The part of that file name."""
        path = Path(self.study.results) / "parts" / self.table / f"{stem}.parquet"
        return Part(path, **what)

    def shared_out(self, key: str, runs: list[str], measured: Sequence[str] = ()) -> Iterator[Part]:
        """Parts of some runs each: `execution.runs_per_job`."""
        size = self.study.execution.runs_per_job
        for index, first in enumerate(range(0, len(runs), size)):
            group = tuple(runs[first : first + size])
            stem = f"{index:03d}-{digest([key, *group, *self.beside(group)])[:12]}"
            yield self.at(stem, runs=group, measured=tuple(measured))

    def iqa_set(self, name: str) -> str:
        """The digest of an IQA set of the study."""
        return iqa_set_digest(self.study, name, self.plan.photos)
