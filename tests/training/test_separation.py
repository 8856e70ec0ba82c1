"""The AUC against scipy's rank-sum test, and its means over the parts of a training."""

import pytest
import torch
from scipy.stats import mannwhitneyu

from asymmetry.training.separation import Separation, auc
from asymmetry.training.windows import windows


@pytest.mark.parametrize("shape", [(4, 1), (3, 1, 7, 5)])
@pytest.mark.parametrize("rounded", [False, True])
def test_the_auc_is_that_of_mann_and_whitney(shape: tuple[int, ...], rounded: bool):
    """Rounded logits have many ties."""
    generator = torch.Generator().manual_seed(3)
    real = 2 * torch.randn(shape, generator=generator) + 0.7
    fake = 2 * torch.randn((2, *shape[1:]), generator=generator)
    if rounded:
        real, fake = real.round(), fake.round()
    test = mannwhitneyu(real.flatten().numpy(), fake.flatten().numpy())
    expected = test.statistic / (real.numel() * fake.numel())
    assert float(auc(real, fake)) == pytest.approx(expected, abs=1e-12)


def test_chance_is_half_and_perfect_is_one():
    low, high = torch.tensor([[0.0], [1.0]]), torch.tensor([[2.0], [3.0]])
    assert (float(auc(high, low)), float(auc(low, high)), float(auc(low, low))) == (1, 0, 0.5)
    assert auc(torch.tensor([torch.nan, 1.0]), low).isnan()


@pytest.mark.parametrize(
    ("steps", "start", "middle", "end"),
    [
        (1000, (1, 100), (451, 550), (901, 1000)),
        (100, (1, 20), (41, 60), (81, 100)),
        (30, (1, 10), (11, 20), (21, 30)),
        (1, (1, 1), (1, 1), (1, 1)),
    ],
)
def test_the_parts_of_a_training(
    steps: int, start: tuple[int, int], middle: tuple[int, int], end: tuple[int, int]
):
    ends = {name: (part[0], part[-1]) for name, part in windows(steps).items()}
    assert ends == {"start": start, "middle": middle, "end": end}


def logs(step: int) -> dict[str, torch.Tensor]:
    return {"auc": torch.tensor(step / 100, dtype=torch.float64)}


@pytest.mark.parametrize("resumed_after", [0, 7, 45, 99])
def test_means_over_the_parts_also_through_a_checkpoint(resumed_after: int):
    separation = Separation(100, {})
    for step in range(1, 101):
        separation.update(step, logs(step))
        if step == resumed_after:
            separation = Separation(100, separation.kept())
    means = separation.means(100)
    assert means == {  # of 1 to 20, 41 to 60, 81 to 100
        "start": pytest.approx(0.105),
        "middle": pytest.approx(0.505),
        "end": pytest.approx(0.905),
    }


def test_parts_that_were_not_reached_have_no_mean():
    separation = Separation(100, {})
    for step in range(1, 11):
        separation.update(step, logs(step))
    assert separation.means(10) == {"start": pytest.approx(0.055), "middle": None, "end": None}
    separation = Separation(100, {})
    separation.update(1, {"pixel": torch.ones(())})
    assert set(separation.means(100).values()) == {None}
