"""How near a training step comes to what one thread of the processor can do, part by part."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import torch

from asymmetry.fidelity.registry import backbone_of
from bench.ceilings import BINDS, Ceilings, in_words, measured_speeds, reached, speed_rows
from bench.compare import Aim, Sample, measurement
from bench.live_pack import WEIGHTS, Cells, LivePack
from bench.parts import (
    PARTS,
    Call,
    CountByPart,
    Stopwatch,
    backward_watched,
    watch_inputs,
    watch_trainer,
)

PACKS = (1, 8)
# Rounds of a pack that are measured at a time; a pack of one makes eight times as many.
ROUNDS = 2
CELLS = {
    "cheap: L1": Cells("compact-tiny", "l1"),
    "DISTS on EfficientNet-Lite0": Cells("compact-tiny", "dists-efficientnet-lite0"),
    "LPIPS on SqueezeNet": Cells("compact-tiny", "lpips-squeeze"),
    "structural: FSIM": Cells("compact-tiny", "fsim"),
    "SPAN generator, L1": Cells("span", "l1"),
}
_NOTES = [
    "Ceiling: one thread, in time of that thread, so that other load is not in it; cells of the "
    "default study (L1 as pixel loss beside the named one, BCE with a VGG patch discriminator, "
    "batch 4, crop 64), K of them in a process. A part has its milliseconds a cell and step, and "
    "in brackets the share that its least time is of that, and what binds most of it: arithmetic "
    "of products and convolutions (counted by PyTorch's formulas, Fourier transforms not), memory "
    "(each operation reads and writes its tensors, in the cache), or calls of operations. The last "
    "columns: the share of the whole step, and of its arithmetic alone at the speed of a product. "
    "Data, and the features of the references, are made once for a pack.",
]


Key = tuple[str, int]


class Rounds:
    """Steps of a pack of trainings, timed by part."""

    def __init__(self, folder: Path, cells: Cells, size: int) -> None:
        """`size` cells of a study in a new folder, after two steps of each."""
        self.size, self._watch = size, Stopwatch()
        self._pack = LivePack(folder, cells.study(size), size)
        watch_inputs(self._pack.shared, self._watch)
        for trainer in self._pack.trainers:
            watch_trainer(trainer, self._watch)
        self(2)

    def __call__(self, rounds: int) -> dict[str, float]:
        """The seconds of each part, a cell and step, in so many rounds."""
        before = dict(self._watch.seconds)
        for _ in range(rounds):
            self._round()
        steps = rounds * self.size
        return {part: (self._watch.seconds[part] - before[part]) / steps for part in PARTS}

    def count(self) -> dict[str, list[Call]]:
        """The operations of each part, of one round."""
        with CountByPart(self._watch) as count:
            self._round()
        return count.by_part

    def _round(self) -> None:
        with backward_watched(self._watch), self._watch.within("bookkeeping"):
            self._pack()


def measure(runs: int) -> dict[str, Any]:
    """The ceilings of the processor, and how much of them each part of each step reaches."""
    if not WEIGHTS.is_dir():
        raise SystemExit(f"bench: {WEIGHTS}: not there; it holds the weights of LPIPS and SPAN")
    torch.set_num_threads(1)
    speeds: list[Mapping[str, float]] = []
    seconds: dict[Key, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        packs = {
            (cell, size): Rounds(Path(name, f"{index}-{size}"), CELLS[cell], size)
            for index, cell in enumerate(CELLS)
            for size in PACKS
        }
        for index in range(runs):
            speeds.append(measured_speeds())
            for key, pack in packs.items():
                seconds.setdefault(key, []).append(pack(ROUNDS * max(PACKS) // pack.size))
            print(f"  run {index + 1} of {runs}", flush=True)
        calls = {key: pack.count() for key, pack in packs.items()}
    ceilings = Ceilings.of(speeds)
    found = {key: of_step(seconds[key], calls[key], key[1], ceilings) for key in packs}
    return {
        "settings": {"cells": [{"cell": key[0], "K": key[1]} | found[key] for key in found]},
        "notes": _NOTES,
        "rows": [*speed_rows(speeds), *_aims(seconds, found)],
        "tables": [[_HEAD, *([key[0], str(key[1]), *_words(found[key])] for key in found)]],
    }


def of_step(
    seconds: Sequence[Mapping[str, float]],
    calls: Mapping[str, Sequence[Call]],
    size: int,
    ceilings: Ceilings,
) -> dict[str, Any]:
    """Of each part, and of the whole step: milliseconds, share of the ceilings and what binds.

    `seconds` are those of a cell and step, a measurement each, of which the median counts; `calls`
    those of a round of `size` cells. `arithmetic` is the share of the arithmetic alone.
    """
    least = {part: ceilings.least(calls[part]) for part in PARTS}
    least["whole"] = {bound: sum(least[part][bound] for part in PARTS) for bound in BINDS}
    taken = {part: median(run[part] for run in seconds) for part in PARTS}
    taken["whole"] = median(sum(run.values()) for run in seconds)
    found: dict[str, Any] = {
        part: reached(taken[part] * size, least[part]) | {"ms": round(1000 * taken[part], 3)}
        for part in (*PARTS, "whole")
    }
    flops = sum(call[0] for part in PARTS for call in calls[part]) / size
    found["gflop"] = round(flops / 1e9, 3)
    found["arithmetic"] = round(flops / ceilings.flops / taken["whole"], 3)
    return found


def _aims(
    seconds: Mapping[Key, Sequence[Mapping[str, float]]], found: Mapping[Key, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The share that a whole step reaches, of the largest packs of cells with a trunk."""
    rows = []
    for (cell, size), runs in seconds.items():
        if size == max(PACKS) and backbone_of(CELLS[cell].fidelity):
            whole = found[cell, size]["whole"]
            least = whole["share"] * whole["ms"] / 1000
            shares = [Sample(100 * least / sum(run.values())) for run in runs]
            what = f"{cell}, K = {size}: share of the ceilings"
            rows.append(measurement(what, "%", shares, aim=Aim("at least", 50)))
    return rows


_HEAD = ["cells", "K", *(f"{part}, ms" for part in PARTS), "step, ms", "of it arithmetic"]


def _words(found: Mapping[str, Any]) -> list[str]:
    cells = [in_words(found[part]) for part in (*PARTS, "whole")]
    return [*cells, f"{found['gflop']:.3g} GFLOP, {100 * found['arithmetic']:.0f} %"]
