"""Where the time of a step goes: torch.profiler, summarised."""

from collections.abc import Callable

import torch
from torch.profiler import ProfilerActivity, profile


def kernels(
    step: Callable[[], object], device: torch.device, steps: int = 5, most: int = 10
) -> list[str]:
    """The `most` operations that take most of the device's time themselves: `name 31 %`."""
    activities = [ProfilerActivity.CPU]
    if device.type == "cuda":
        activities.append(ProfilerActivity.CUDA)
    step()
    with profile(activities=activities) as found:
        for _ in range(steps):
            step()
    events = found.key_averages()
    times = {
        event.key: event.self_device_time_total
        if device.type == "cuda"
        else event.self_cpu_time_total
        for event in events
    }
    total = sum(times.values()) or 1.0
    ordered = sorted(times, key=lambda name: -times[name])
    return [f"{name} {100 * times[name] / total:.0f} %" for name in ordered[:most]]
