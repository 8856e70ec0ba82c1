"""Hubs switched off: what a job's libraries would fetch unasked, they must not."""

import os

CHANGES_NUMBERS = False

# huggingface_hub reads the first when it is imported, and with it timm and transformers.
_OFF = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE")


def switch_off_hubs() -> None:
    """Let the libraries of this process, and of those that it starts, fetch nothing from a hub.

    What this package fetches itself, where it is asked to, is not held up.
    """
    os.environ.update(dict.fromkeys(_OFF, "1"))
