"""The manipulation check: planted games, the margin of chance, and partial tables."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.games import (
    PARTS,
    Setting,
    game_of,
    games_in_words,
    margin,
    run_games,
    setting_games,
    unplayed_games,
)
from asymmetry.study import Study
from tests.synthetic_tables import make_runs, make_study

NAN = float("nan")


@pytest.fixture
def study() -> Study:
    return make_study(Path("results"))


@pytest.mark.parametrize(
    ("aucs", "game"),
    [
        ((0.46, 0.5, 0.54), "chance"),
        ((0.46, 0.5, 0.56), "played"),
        ((0.44, 0.5, 0.5), "played"),  # systematically fooled is no chance
        ((0.999, 1.0, 0.996), "perfect"),
        ((0.999, 1.0, 0.99), "played"),
        ((0.999, NAN, NAN), "perfect"),  # of a run that ended before
        ((NAN, NAN, NAN), "unknown"),
    ],
)
def test_the_rule(aucs: tuple[float, ...], game: str):
    assert game_of(aucs, 0.05) == game


def test_the_margin_holds_what_chance_gives(study: Study):
    """Logits that know nothing: 95 % of mean AUCs are within the margin, by simulation."""
    training = study.training.model_copy(update={"batch": 4, "steps": 100})
    small = study.model_copy(update={"training": training})
    rng = np.random.default_rng(0)
    real, fake = rng.standard_normal((2, 4000, 20, 4))  # trainings, steps of a part, images
    aucs = (real[..., :, None] > fake[..., None, :]).mean(axis=(1, 2, 3))
    assert margin(small) > 0.09
    assert (np.abs(aucs - 0.5) <= margin(small)).mean() == pytest.approx(0.955, abs=0.015)
    assert margin(small, seeds=4) == pytest.approx(0.05)  # never below
    assert margin(small, seeds=2) == pytest.approx(margin(small) / 2**0.5)


def test_settings_are_named_and_the_others_counted(study: Study):
    runs = make_runs(seeds=(0, 1))
    games = setting_games(runs, study).set_index("discriminator")
    assert games["game"].to_dict() == {
        "vgg-patch": "played",
        "resnet-vanilla": "perfect",
        "vit-patch": "chance",
    }
    weak = games.loc["vit-patch"]
    # Three losses and two seeds at both weights, and at 0.01 the first loss diverged.
    assert weak["runs"].tolist() == [6, 4]
    assert weak["played"].tolist() == [0, 0]
    assert unplayed_games(runs, study) == {
        Setting("bicubic-x4", "compact-tiny", name, weight): game
        for name, game in {"resnet-vanilla": "perfect", "vit-patch": "chance"}.items()
        for weight in (0.001, 0.01)
    }
    assert games_in_words(runs, study) == "2 of 6 games were played (2 chance, 2 perfect)"


def test_without_a_run_a_game_is_unknown(study: Study):
    runs = make_runs()
    nothing = runs.assign(status="missing", **dict.fromkeys(PARTS, NAN))
    assert set(setting_games(nothing, study)["game"]) == {"unknown"}
    assert games_in_words(nothing, study) == "0 of 6 games were played (6 unknown)"
    assert set(unplayed_games(nothing, study).values()) == {"unknown"}
    assert unplayed_games(runs.iloc[:0], study) == {}


def test_only_cells_with_a_discriminator_play(study: Study):
    runs = make_runs()
    start = runs.iloc[[-1]].assign(kind="discriminator-warm-start", adversarial_weight=0.0)
    games = run_games(pd.concat([runs, start]), study)
    assert set(games["kind"]) == {"cell"}
    assert "none" not in set(games["discriminator"])
