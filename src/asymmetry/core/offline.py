"""Hubs switched off: what a job's libraries would fetch unasked, they must not."""

import os

CHANGES_NUMBERS = False

# huggingface_hub reads the first when it is imported, and with it timm and transformers.
_OFF = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}


def switch_off_hubs() -> None:
    """Let this process, and those that it starts, fetch nothing from a hub."""
    os.environ.update(_OFF)


def switch_on_hubs() -> None:
    """Let this process fetch: for the commands that are for it, before a library is imported."""
    for name in _OFF:
        os.environ.pop(name, None)
