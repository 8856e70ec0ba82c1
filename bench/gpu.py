"""All that wants a card, in one call of ten minutes: `make bench PARTS=gpu`.

Cells an hour of packs in this process, in the numerics that are fastest; whether a training gives
the same bytes twice, and alone as in a pack; and how much of the card's ceilings a step reaches.
"""

import tempfile
from pathlib import Path
from typing import Any

import torch

from bench.card import ceiling_rows
from bench.live_pack import SPAN, Cells
from bench.packs import STEPS, repeatability, training_rows

PACKS = (1, 4, 8, 16)
GENERATORS, FIDELITY = ("swinir-light", "span"), "dists-efficientnet-lite0"
CROP, BATCH = 128, 16
# Seconds of each measurement: 12 packs, five runs of each.
WINDOW = 1.5
NUMERICS: dict[str, dict[str, Any]] = {
    "float32": {},
    "bfloat16": {"precision": "bfloat16"},
    "bfloat16, compiled": {"precision": "bfloat16", "compile": True},
}
_NOTE = (
    f"Packs: cells of {STEPS:,} steps (crop {CROP}, batch {BATCH}, L1 + {FIDELITY} + BCE with a "
    "VGG patch discriminator) in the loop, K of them in one process, in turns. The larger K have "
    "the numerics that were fastest at K = 1."
)


def measure(runs: int) -> dict[str, Any]:
    """All rows of a card; SystemExit where there is none."""
    if not torch.cuda.is_available():
        raise SystemExit("bench: gpu: no GPU is visible; run it on a machine that has one")
    generators = [name for name in GENERATORS if name != "span" or SPAN.is_file()]
    rows, notes = [], [_NOTE]
    with tempfile.TemporaryDirectory() as name:
        for generator in generators:
            cells, folder = Cells(generator, FIDELITY, CROP, BATCH, "cuda"), Path(name, generator)
            rows += training_rows(folder, cells, NUMERICS, PACKS, WINDOW, runs)
            notes.append(repeatability(folder, cells))
    of_card, of_its_work = ceiling_rows(runs)
    if len(generators) < len(GENERATORS):
        notes.append(f"GPU: without SPAN, whose weights ({SPAN.name}) are not beside the checkout.")
    settings = {"generators": generators, "crop": CROP, "batch": BATCH, "packs": PACKS}
    return {"settings": settings, "notes": [*notes, *of_its_work], "rows": [*rows, *of_card]}
