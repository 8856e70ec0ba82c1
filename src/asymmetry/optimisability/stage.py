"""The stage `optimisability`: a table for each fidelity loss. Imports no torch."""

from collections.abc import Iterator

from asymmetry.core.files import digest
from asymmetry.planning.identity import code_digest
from asymmetry.planning.metric_digests import content_of, roots_of
from asymmetry.planning.stage import Part, Stage

CHANGES_NUMBERS = False
_ROOT = "asymmetry.optimisability.measure:measure_part"


class OptimisabilityStage(Stage):
    """How good an objective each fidelity loss is, before any training."""

    table = "optimisability"

    def key(self, fidelity: str) -> str:
        """What identifies the optimisability of one loss."""
        photos = self.plan.photos_for_optimisability
        return digest(
            {
                "optimisability": self.study.optimisability.model_dump(mode="json"),
                "photos": [[photo.name, photo.sha256] for photo in photos],
                "reduce": self.study.photos.reduce,
                **content_of(self.plan, [fidelity]),
                "code": code_digest([_ROOT, *roots_of([fidelity])]),
            }
        )[:12]

    def declared_parts(self) -> Iterator[Part]:
        """A loss each."""
        for name in self.plan.losses:
            yield self.at(f"{name}-{self.key(name)}", fidelity=name, measured=(name,))
