"""Judges that are language models, on pyiqa's own code and a tiny network."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from asymmetry.core.files import sha256_of
from asymmetry.metrics.borrowed import borrow
from asymmetry.metrics.borrowed_network import Judge, build
from asymmetry.weights.addresses import HUB
from asymmetry.weights.hub_models import models_folder
from asymmetry.weights.lock import Lock, LockedFile
from tests.metrics.tiny_language_model import save_tiny

REPOSITORY, COMMIT = "q-future/Q-ReAlign-Mini-0.8B", "0" * 39 + "1"


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Built as in a job: from a repository that lies where the lock says, with hubs off."""
    folder = tmp_path_factory.mktemp("weights")
    home = models_folder(folder) / f"models--{REPOSITORY.replace('/', '--')}"
    save_tiny(home / "snapshots" / COMMIT)
    (home / "refs").mkdir()
    (home / "refs/main").write_text(COMMIT)
    files = {
        path.relative_to(folder).as_posix(): LockedFile(sha256_of(path), 1, f"{HUB}/{path}", "")
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }
    contract = borrow("qrealign-mini")
    assert contract.draws == 3
    lock = Lock(Path("study.yaml")).with_part(contract.part, files)
    formula = build(contract, folder, lock).formula  # type: ignore[attr-defined]
    assert isinstance(formula, Judge)
    return formula


@pytest.fixture
def image() -> Tensor:
    torch.manual_seed(4)
    return torch.rand(1, 3, 32, 32)


@pytest.fixture
def says(judge: Judge, image: Tensor) -> Iterator[object]:
    """Makes the model say a token of the vocabulary for that image."""
    head = judge.network.model.lm_head
    before = head.weight.detach().clone()

    def teach(token: int) -> None:
        hidden: list[Tensor] = []
        handle = head.register_forward_hook(lambda _, given, __: hidden.append(given[0][0, -1]))
        with pytest.raises(ValueError, match="no number can be read"):
            judge(image, image)
        handle.remove()
        head.weight[token] = 4 * hidden[0] / hidden[0].norm() ** 2

    yield teach
    head.weight.copy_(before)


@pytest.mark.slow
def test_an_answer_that_is_a_level_has_a_number(judge: Judge, image: Tensor, says):
    """The logit of "good" becomes 4, those of the other levels stay near 0."""
    levels = judge.network.level_ids.tolist()
    says(levels[1])
    value = judge(image, image)
    assert value.shape == (1,)
    # softmax of (0, 4, 0, 0, 0) with the weights 1, .75, .5, .25, 0 of Q-ReAlign.
    expected = (1 + 0.75 * math.exp(4) + 0.5 + 0.25) / (4 + math.exp(4))
    assert value.item() == pytest.approx(expected, abs=0.02)


@pytest.mark.slow
def test_an_answer_that_is_no_level_has_none(judge: Judge, image: Tensor, says):
    """Though its five levels have probabilities, of which pyiqa makes a number."""
    levels = judge.network.level_ids.tolist()
    other = next(token for token in range(100) if token not in levels)
    says(other)
    with pytest.raises(ValueError, match=r"the answer is none of the words for a level$"):
        judge(image, image)
    hooks = dict(judge.network.model._forward_hooks)
    judge.network.model._forward_hooks.clear()
    assert 0 <= judge(image, image).item() <= 1
    judge.network.model._forward_hooks.update(hooks)


@pytest.mark.slow
def test_draws_at_temperature_0_are_alike(judge: Judge, image: Tensor, says):
    says(judge.network.level_ids.tolist()[0])
    three = judge(image, image)
    one = Judge(judge.network, False, draws=1)(image, image)
    assert three.item() == pytest.approx(one.item(), abs=1e-7)
    assert replace(borrow("qrealign"), draws=1).convention != borrow("qrealign").convention
    assert borrow("qrealign").convention.endswith("mean of 3 draws")
