"""Seconds on a device, waited for: of a step, of a matrix product, of a copy, of a mere call.

On a CPU they are those of this thread, so that other load is not in them.
"""

import time
from collections.abc import Callable

import torch

from bench.step import Count


def seconds_of(work: Callable[[], object], times: int, device: torch.device) -> float:
    """The mean seconds of `work`, after three calls that are not counted."""
    for _ in range(3):
        work()
    _wait(device)
    clock = time.monotonic if device.type == "cuda" else time.thread_time
    began = clock()
    for _ in range(times):
        work()
    _wait(device)
    return (clock() - began) / times


def multiplied_flops_per_second(
    side: int, dtype: torch.dtype, device: torch.device, times: int = 50
) -> float:
    """The operations a second of the product of two square matrices: 2 side^3 of them."""
    first, second = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    result = torch.empty_like(first)
    return 2 * side**3 / seconds_of(lambda: torch.mm(first, second, out=result), times, device)


def copied_bytes_per_second(size: int, device: torch.device, times: int = 50) -> float:
    """The bytes a second that a copy of `size` bytes reads and writes."""
    source = torch.ones(size // 4, device=device)
    target = torch.empty_like(source)
    return 2 * size / seconds_of(lambda: target.copy_(source), times, device)


def called_operations_per_second(times: int = 20) -> float:
    """The operations on four numbers a second, of a chain forward and back on the CPU."""
    numbers = torch.ones(4, requires_grad=True)

    def chain() -> None:
        x = numbers
        for _ in range(100):
            x = x * numbers
        torch.autograd.grad(x.sum(), numbers)

    with Count() as count:
        chain()
    return count.calls / seconds_of(chain, times, torch.device("cpu"))


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()
