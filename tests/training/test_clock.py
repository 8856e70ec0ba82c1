import pytest

from asymmetry.training.clock import SharedClock


def test_members_share_the_time_evenly_and_wholly(monkeypatch: pytest.MonkeyPatch):
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    clock, spent = SharedClock(3), []
    for passed in (6.0, 4.0, 5.0):  # three members, then two, then one
        now[0] += passed
        spent.append(clock.now())
        clock.leave()
    assert spent == [2.0, 2.0 + 2.0, 2.0 + 2.0 + 5.0]
    assert sum(spent) == 15.0
    assert clock.now() == 9.0  # nobody is left, and nothing fails
