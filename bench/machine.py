"""On what a measurement was made: processor, memory, GPU, versions, commit, date."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from asymmetry.core.commit import code_commit

_LIBRARIES = ("torch", "torchvision", "snakemake", "pyiqa", "basicsr-fixed", "numpy")


def facts() -> dict[str, Any]:
    """What a reader must know to make the measurement again."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": code_commit(),
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "gpu": _gpu(),
        "python": platform.python_version(),
        "versions": {name: known for name in _LIBRARIES if (known := _version(name))},
    }


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _gpu() -> str | None:
    import torch

    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
