"""Networks of pyiqa as measures, from the verified files of a study's lock."""

import io
import pickle
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from asymmetry.core.errors import UserError
from asymmetry.core.randomness import stream_key
from asymmetry.metrics.borrowed import Borrowed
from asymmetry.metrics.levels import refuse_other_words
from asymmetry.metrics.pyiqa_catalog import LANGUAGE_MODELS, catalog, repositories
from asymmetry.metrics.separable import Separable, Whole
from asymmetry.weights.addresses import Fetching, Files, locked
from asymmetry.weights.hub_models import fetch_repository, models_folder
from asymmetry.weights.hubs import served
from asymmetry.weights.lock import Lock, LockedFile


class Judge(nn.Module):
    """A network of pyiqa that judges one image after another: RGB [B, 3, H, W] in 0..1 to [B].

    The value of an image is the mean of `draws`; each has random numbers of its own, which are the
    same in every run. Raises ValueError where a draw is not one finite number: no mean is made of
    the others.
    """

    def __init__(self, network: nn.Module, full_reference: bool, draws: int) -> None:
        super().__init__()
        self.network, self.full_reference, self.draws = network, full_reference, draws
        # Some keep an image's features in the network, and random numbers are the process's.
        self._alone = threading.Lock()

    def forward(self, restored: Tensor, reference: Tensor) -> Tensor:
        """[B] of the restored images; `reference` is not read by a no-reference metric."""
        pairs = zip(restored.float().split(1), reference.float().split(1), strict=True)
        with self._alone:
            values = [self._value(pair if self.full_reference else pair[:1]) for pair in pairs]
        return torch.stack(values)

    def _value(self, images: tuple[Tensor, ...]) -> Tensor:
        return torch.stack([self._draw(index, images) for index in range(self.draws)]).mean()

    def _draw(self, index: int, images: tuple[Tensor, ...]) -> Tensor:
        with _counted(index, images[0].device):
            value = self.network(*images)
        if not isinstance(value, Tensor) or value.numel() != 1:
            raise ValueError(f"no number can be read: draw {index + 1} is not one number")
        if not value.isfinite().all():
            raise ValueError(f"no number can be read: draw {index + 1} is {float(value)}")
        return value.detach().double().reshape(())


def build(contract: Borrowed, weights: Path, lock: Lock) -> Separable:
    """The measure of a borrowed metric, on planes of its contract; nothing is downloaded.

    Raises UserError where a file of its weights is missing in the folder `weights`, is not in the
    lock, has other bytes or holds code, and where pyiqa cannot build it here.
    """
    files = locked(lock, contract.part, weights)
    network = construct(contract.pyiqa, files, models_folder(weights))
    return Whole(Judge(network, contract.full_reference, contract.draws))


def fetch(name: str, folder: Path, lock: Lock) -> dict[str, LockedFile]:
    """Download what pyiqa needs for its metric `name` into the folder of weights, and verify it.

    The network is built once, and what it asks for is what it needs: so this is right for a later
    pyiqa, too. A language model is not built; its repositories are all of it. Raises UserError
    where an address does not give the bytes that the lock has, or none.
    """
    entry, files = catalog()[name], dict[str, LockedFile]()
    for repository in repositories(entry):
        files |= fetch_repository(repository, folder, lock)
    if entry.cls not in LANGUAGE_MODELS:
        fetching = Fetching(folder, "pyiqa", lock)
        construct(name, fetching, models_folder(folder))
        files |= fetching.files
    return files


def construct(name: str, files: Files, models: Path) -> nn.Module:
    """pyiqa's network of a metric, frozen, with the weights that `files` and `models` serve."""
    entry = catalog()[name]
    with served(files, models), redirect_stdout(io.StringIO()), _one_line(name):
        from pyiqa.archs import build_network

        network = build_network({"type": entry.cls, **entry.options})
    refuse_other_words(network)
    return network.eval().requires_grad_(False)


@contextmanager
def _counted(index: int, device: torch.device) -> Iterator[None]:
    """Random numbers that are a function of the draw alone; those of the process stay."""
    key = stream_key(0, f"judge/{index}")
    state = np.random.get_state()
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(key)
        np.random.seed(key % 2**32)
        try:
            yield
        finally:
            np.random.set_state(state)


@contextmanager
def _one_line(name: str) -> Iterator[None]:
    """What keeps pyiqa from building a network, as a line."""
    try:
        yield
    except UserError:
        raise
    except pickle.UnpicklingError:
        raise UserError(f"pyiqa:{name}: refused, a file holds more than tensors") from None
    except ModuleNotFoundError as error:
        raise UserError(
            f"pyiqa:{name}: needs the package {error.name}; install it, or leave the metric out"
        ) from None
    except Exception as error:
        if isinstance(error.__cause__, UserError):
            raise error.__cause__ from None
        reason = " ".join(str(error).split())[:300]
        raise UserError(
            f"pyiqa:{name}: cannot be built here ({type(error).__name__}: {reason}); "
            "leave the metric out"
        ) from None
