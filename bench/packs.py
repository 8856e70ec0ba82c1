"""Packs of trainings on one device: cells an hour, and whether their bytes are the same again."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor

from bench.compare import Sample, measurement
from bench.live_pack import Cells, LivePack

# A cell of those that are counted; to compare the bytes of two, a few steps do.
STEPS, _STEPS_ALIKE = 10_000, 5


def training_rows(
    folder: Path,
    cells: Cells,
    numerics: Mapping[str, Mapping[str, Any]],
    packs: Sequence[int],
    window: float,
    runs: int,
) -> list[dict[str, Any]]:
    """Cells an hour at K = 1 in each numerics, and in the fastest for each other K.

    A measurement takes `window` seconds, or a step of each cell where that is longer. The packs of
    a comparison are alive together and take turns.
    """

    def rates(packs: Mapping[str, LivePack]) -> dict[str, list[Sample]]:
        found: dict[str, list[Sample]] = {name: [] for name in packs}
        for pack in packs.values():
            pack()  # compiles
        for _ in range(runs):
            for name, pack in packs.items():
                found[name].append(_cells_an_hour(pack, window, cells.device))
        return found

    alone = {
        name: LivePack(folder / f"alone-{index}", cells.study(1, options), 1)
        for index, (name, options) in enumerate(numerics.items())
    }
    found = rates(alone)
    best = max(found, key=lambda name: median(sample.value for sample in found[name]))
    found = {f"K = 1, {name}": samples for name, samples in found.items()}
    together = {
        f"K = {size}, {best}": LivePack(folder / str(size), cells.study(size, numerics[best]), size)
        for size in packs
        if size > 1
    }
    found |= rates(together)
    return [
        measurement(f"{cells.generator}, {name}", "cells/h", samples)
        for name, samples in found.items()
    ]


def repeatability(folder: Path, cells: Cells) -> str:
    """Whether a cell has the same bytes twice, and in a pack: a sentence for the notes."""
    sizes = {"once": 1, "again": 1, "pack": 4}
    states = {}
    for name, size in sizes.items():
        pack = LivePack(folder / name, cells.study(4), size)
        for _ in range(_STEPS_ALIKE):
            pack()
        states[name] = pack.trainers[0].state.tensors()
    again, packed = (_apart(states["once"], states[name]) for name in ("again", "pack"))
    verdict = "within" if packed <= again else "**not** within"
    return (
        f"{cells.generator}: after {_STEPS_ALIKE} steps in float32, two trainings of a cell differ "
        f"by {again:.2g} at most, alone and in a pack of 4 by {packed:.2g}: {verdict} what the "
        "documentation states."
    )


def _apart(state: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> float:
    """The largest difference of two states; 0 where all bytes are the same."""
    return max(float((state[name] - other[name]).abs().max()) for name in state)


def _cells_an_hour(pack: LivePack, window: float, device: str) -> Sample:
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    steps, began = 0, time.monotonic()
    while not steps or time.monotonic() - began < window:
        pack()
        if device == "cuda":
            torch.cuda.synchronize()
        steps += len(pack.trainers)
    rate = 3600 * steps / (time.monotonic() - began) / STEPS
    peak = torch.cuda.max_memory_allocated() / 2**20 if device == "cuda" else None
    return Sample(rate, peak)
