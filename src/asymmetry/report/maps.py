"""The maps over the pictures of the comparison: artifacts, a lattice, coherent detail.

A map is of a picture as it was kept, and its values are those of the metric of its name, by the
same code. Each file says the digest of what it was made of, so only what is new is measured.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from asymmetry.core.files import digest, sha256_of, write_atomically
from asymmetry.metrics.contracts import METRICS
from asymmetry.planning.identity import code_digest
from asymmetry.report.comparison import Comparison
from asymmetry.report.measure_maps import MAPS, MeasureMap, colours, draw_map, levels
from asymmetry.tables.schemas import DONE

_OF = "of"  # the field of a file that says what it was made of
_CODE = (
    "asymmetry.report.maps:_draw",
    "asymmetry.metrics.lattice:lattice",
    "asymmetry.metrics.coherence:coherence",
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Picture:
    """A restored picture, its reference, the digest of both, and its maps by their files."""

    path: Path
    reference: Path
    scale: int
    of: str
    maps: Mapping[Path, MeasureMap]

    @property
    def lacking(self) -> Mapping[Path, MeasureMap]:
        """The maps that are not there, or were made of something else."""
        return {path: one for path, one in self.maps.items() if _made_of(path) != self.of}


def with_maps(compared: Comparison, scales: Mapping[str, int], results: Path) -> Comparison:
    """The comparison with the maps of its pictures below `results`; those that lack are drawn.

    `scales` are the factors of the tasks. Raises UserError where a picture cannot be read.
    """
    found = [
        (picture, lacking)
        for picture in _pictures(compared, scales, results)
        if (lacking := picture.lacking)
    ]
    if found:
        _log.info("drawing maps of %d pictures", len(found))
    for picture, lacking in found:
        _draw(picture, lacking)
    said = [
        [one.metric, one.title, int(METRICS[one.metric].higher_is_better), one.words, fitting]
        for one in MAPS
        for fitting in [_views(one, compared.data["sizes"], scales)]
    ]
    return replace(compared, data=compared.data | {"maps": said, "colours": colours()})


def _views(one: MeasureMap, sizes: Mapping[str, Any], scales: Mapping[str, int]) -> dict[str, Any]:
    """For each task, the indices of the views that have this map."""
    return {
        task: [place for place, size in enumerate(known) if size and one.fits(size, scales[task])]
        for task, known in sizes.items()
    }


def _pictures(compared: Comparison, scales: Mapping[str, int], results: Path) -> Iterator[_Picture]:
    """All pictures that were restored."""
    drawn_by = [code_digest(_CODE), [[one.metric, one.most, one.tile] for one in MAPS]]
    restored = [
        cell for cell in compared.cells if cell["kind"] != "reference" and cell["status"] == DONE
    ]
    for task, scale in scales.items():
        for view, size in zip(compared.views, compared.data["sizes"].get(task, ()), strict=False):
            if not size:
                continue
            reference = view.path(results, f"{task}/reference")
            made_of = [sha256_of(reference), scale, *drawn_by]
            fitting = [one for one in MAPS if one.fits(size, scale)]
            for run in [cell["run"] for cell in restored if cell["task"] == task]:
                path = view.path(results, run)
                if path.is_file():
                    of = digest([sha256_of(path), *made_of])
                    maps = {one.path(view, results, run): one for one in fitting}
                    yield _Picture(path, reference, scale, of, maps)


def _made_of(path: Path) -> str | None:
    try:
        with Image.open(path) as image:
            return image.info.get(_OF)
    except OSError:
        return None


def _draw(picture: _Picture, lacking: Mapping[Path, MeasureMap]) -> None:
    # Here, so that a page without new pictures needs no torch.
    from asymmetry.core.devices import repeatable
    from asymmetry.data.images import read_rgb, to_tensor
    from asymmetry.metrics.local_values import artifact_values, over_pixels, tile_values
    from asymmetry.metrics.planes import Planes

    repeatable(threads=1)  # pictures are small
    restored, reference = (
        Planes(to_tensor(read_rgb(path)), picture.scale)
        for path in (picture.path, picture.reference)
    )
    for path, one in lacking.items():
        if one.tile is None:
            values = artifact_values(restored, reference)
        else:
            tiles = tile_values(one.metric, restored, reference, one.tile)
            values = over_pixels(tiles, restored, one.tile)
        content = draw_map(levels(values.numpy(), one.most), {_OF: picture.of})
        write_atomically(path, content)
