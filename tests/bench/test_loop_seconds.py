import pytest

loop_seconds = pytest.importorskip(
    "bench.basicsr_train", reason="basicsr-fixed is not installed: `make bench` does it"
).loop_seconds


def test_the_loop_is_timed_by_basicsrs_own_log():
    log = (
        "2026-01-02 03:04:05,250 INFO: Start training from epoch: 0, iter: 0\n"
        "2026-01-02 03:04:06,000 INFO: [cell..][epoch:  0, iter: 50]\n"
        "2026-01-02 03:05:05,750 INFO: End of training. Time consumed: 0:01:00\n"
    )
    assert loop_seconds(log) == pytest.approx(60.5)
    with pytest.raises(SystemExit, match="has no line 'End of training'"):
        loop_seconds(log.splitlines()[0])
