"""Seconds on a device, waited for: of a step, of a matrix product, of a copy."""

import time
from collections.abc import Callable

import torch


def seconds_of(work: Callable[[], object], times: int, device: torch.device) -> float:
    """The mean seconds of `work`, after three calls that are not counted."""
    for _ in range(3):
        work()
    _wait(device)
    began = time.monotonic()
    for _ in range(times):
        work()
    _wait(device)
    return (time.monotonic() - began) / times


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


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()
