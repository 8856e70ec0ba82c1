import math

import torch

from bench.card import shares
from bench.step import Count, Step, Work, work_of
from bench.step_profile import kernels
from bench.step_time import copied_bytes_per_second, multiplied_flops_per_second, seconds_of

CPU = torch.device("cpu")


def test_the_work_of_a_product_is_counted():
    first, second = torch.ones(4, 5), torch.ones(5, 6)
    with Count() as count:
        first.t().mm(first)  # 5 x 4 times 4 x 5; the transpose moves nothing
        first.mm(second)
    assert count.flops == 2 * (5 * 4 * 5 + 4 * 5 * 6)
    assert count.moved == 4 * ((20 + 20 + 25) + (20 + 30 + 24))


def test_shares_of_the_ceilings():
    # A second's work at both ceilings would be 8 and 4; it holds 4 and 1 and takes two seconds.
    found = shares(Work(flops=4, moved=1), 2.0, 8.0, 4.0)
    assert found == {"arithmetic": 0.25, "memory": 0.125, "binding": 0.25}


def test_a_small_step_goes_the_whole_way_on_a_cpu():
    step = Step("compact-tiny", 16, 1, CPU)
    work = work_of(step)
    # Of the generator alone: ten convolutions of 4 x 4 pixels, forwards.
    assert work.flops > 2 * 16 * 9 * (3 * 16 + 8 * 16 * 16 + 16 * 48)
    seconds = seconds_of(step, 1, CPU)
    ceilings = (
        multiplied_flops_per_second(32, torch.float32, CPU, 1),
        copied_bytes_per_second(4096, CPU, 1),
    )
    found = shares(work, seconds, *ceilings)
    assert all(math.isfinite(value) and value > 0 for value in found.values())
    assert len(kernels(step, CPU, steps=1, most=3)) == 3
