import time
from pathlib import Path

import pytest
import torch

from bench.ceiling import CELLS, Rounds, of_step
from bench.ceilings import Ceilings
from bench.live_pack import Cells
from bench.metrics import Scoring
from bench.parts import PARTS, CountByPart, Stopwatch


def test_what_binds_an_operation_takes_the_longest():
    # Of 8 operations, 4 bytes and 2 calls a second: 2, 1 and .5 s; 1, 2 and .5 s; nothing but .5 s.
    least = Ceilings(8, 4, 2).least([(16, 4), (8, 8), (0, 0)])
    assert least == {"arithmetic": 2, "memory": 2, "calls": 0.5}


def test_a_part_reaches_the_share_that_its_least_time_is():
    calls = {part: [(16, 4)] for part in PARTS}  # 2 s of arithmetic in each part, for two cells
    seconds = dict.fromkeys(PARTS, 4.0)
    found = of_step([seconds, seconds, dict.fromkeys(PARTS, 9.0)], calls, 2, Ceilings(8, 4, 2))
    assert found["loss"] == {"ms": 4000, "share": 0.25, "binds": "arithmetic"}
    assert found["whole"] == {"ms": 24000, "share": 0.25, "binds": "arithmetic"}
    assert found["arithmetic"] == 0.25


def test_a_part_within_another_counts_for_itself(monkeypatch: pytest.MonkeyPatch):
    now = iter([0.0, 1.0, 3.0, 7.0, 20.0, 50.0])
    monkeypatch.setattr(time, "thread_time", lambda: next(now))
    watch = Stopwatch()
    inner = watch.timed("loss", lambda: "value")
    with watch.within("bookkeeping"):  # from 0 to 7, and of that the loss from 1 to 3
        assert inner() == "value"
    with watch.within("data"):  # from 20 to 50; what was before is of no part
        pass
    assert watch.seconds["bookkeeping"] == 5
    assert watch.seconds["loss"] == 2
    assert watch.seconds["data"] == 30


def test_operations_are_counted_in_their_part():
    watch, matrix = Stopwatch(), torch.ones(4, 4)
    with CountByPart(watch) as count:
        matrix.mm(matrix)  # of no part
        with watch.within("generator"):
            matrix.mm(matrix)
    assert count.by_part["generator"] == [(2 * 4**3, 3 * 4 * 16)]
    assert not count.by_part["loss"]


def test_the_parts_of_a_step_are_told_apart(tmp_path: Path):
    rounds = Rounds(tmp_path / "study", Cells("compact-tiny", "l1", crop=16, batch=1), 2)
    seconds, calls = rounds(1), rounds.count()
    assert all(value > 0 for value in seconds.values())
    flops = {part: sum(call[0] for call in calls[part]) for part in PARTS}
    # Of two cells: ten convolutions of 4 x 4 pixels forwards, and back to weights and inputs.
    forward = 2 * 16 * 9 * (3 * 16 + 8 * 16 * 16 + 16 * 48)
    inputs = forward - 2 * 16 * 9 * 3 * 16  # none is asked for the image's
    assert flops["generator"] == 2 * (2 * forward + inputs)
    assert flops["discriminator"] > 0
    assert flops["data"] == flops["loss"] == flops["optimizers"] == flops["bookkeeping"] == 0


def test_the_cells_are_of_five_kinds():
    assert len({(cells.generator, cells.fidelity) for cells in CELLS.values()}) == 5


def test_a_metric_is_told_apart_on_reference_and_restored_images():
    reference, restored = torch.rand(1, 3, 32, 32), torch.rand(4, 3, 32, 32)
    scoring = Scoring("psnr", reference, restored)
    seconds, least = scoring(), scoring.least(Ceilings(1, 1, 1000))
    assert all(value > 0 for value in seconds.values())
    # A PSNR has nothing of the reference but its conversion; no product, but bytes of both.
    assert least["restored image"]["arithmetic"] == 0
    assert least["restored image"]["memory"] > 2 * 3 * 32 * 32 * 8
