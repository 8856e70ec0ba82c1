from pathlib import Path

import pytest
import torch

from bench import gpu
from bench.live_pack import Cells
from bench.packs import repeatability, training_rows
from bench.table import render

SMALL = Cells("compact-tiny", "l1", crop=16, batch=1)


@pytest.mark.slow
def test_packs_take_turns_in_the_fastest_numerics(tmp_path: Path):
    numerics = {"plain": {}, "other layout": {"channels_last": False}}
    rows = training_rows(tmp_path, SMALL, numerics, (1, 2), 0.0, 2)
    names = [row["what"] for row in rows]
    assert names[:2] == ["compact-tiny, K = 1, plain", "compact-tiny, K = 1, other layout"]
    best = max(rows[:2], key=lambda row: row["ours"]["median"])["what"]
    assert names[2:] == [best.replace("K = 1", "K = 2")]
    assert all(len(row["ours"]["runs"]) == 2 and row["ours"]["median"] > 0 for row in rows)


@pytest.mark.slow
def test_a_cell_is_the_same_again_on_a_cpu(tmp_path: Path):
    assert "differ by 0 at most, alone and in a pack of 4 by 0: within" in repeatability(
        tmp_path, SMALL
    )


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_is_not_run():
    with pytest.raises(SystemExit, match="no GPU is visible; run it on a machine that has one"):
        gpu.measure(1)


def test_the_page_says_that_no_gpu_was_at_hand():
    machine = {"date": "", "commit": "", "cpu": "", "cores": 1, "memory_gb": 1, "gpu": None}
    part = {"machine": machine | {"python": "", "versions": {}}, "notes": [], "rows": []}
    assert "not run: no GPU was at hand" in render({"data": part})
    assert "not run" not in render({"data": part, "gpu": part})
