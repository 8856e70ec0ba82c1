import sys
from pathlib import Path

import pytest

from bench.sides import run_together


def test_a_process_tells_its_facts_and_is_measured(tmp_path: Path):
    code = "x = bytearray(80_000_000); print('words'); print('{\"seconds\": 3}')"
    big, small = run_together([[sys.executable, "-c", code], [sys.executable, "-c", ""]], tmp_path)
    assert big.facts == {"seconds": 3}
    assert small.facts == {}
    # Of its own, whatever the size of the process that measures.
    assert 80 < big.peak_mb < 150
    assert small.peak_mb < 80


def test_a_process_that_fails_ends_the_benchmark(tmp_path: Path):
    with pytest.raises(SystemExit, match="ZeroDivisionError"):
        run_together([[sys.executable, "-c", "1 / 0"]], tmp_path)
