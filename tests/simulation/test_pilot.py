import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.effect import effects_of
from asymmetry.analysis.judging import judge_values
from asymmetry.core.errors import UserError
from asymmetry.simulation.components import Components
from asymmetry.simulation.pilot import components_of, estimated, of_effects
from asymmetry.simulation.study import cells_of, empty_tables
from tests.conftest import ROOT
from tests.synthetic_tables import make_study

TRUNKS = ("vgg16", "resnet50", "convnext-tiny", "vit-small", "swin-tiny", "clip-vit-b32",
          "alexnet", "squeezenet", "resnet18", "dinov2-vits14")  # fmt: skip
KINDS = [(f"{trunk}-{head}", trunk, head) for trunk in TRUNKS for head in ("patch", "vanilla")]
LOSSES = [f"loss{place}" for place in range(12)]
JUDGES, IMAGES = ["niqe", "piqe", "lpips-alex", "lpips-vgg"], 5
PLANTED = {
    "losses": 0.9, "losses_beside": 0.6, "trunks": 0.8, "heads": 0.5, "mixed": 0.4,
    "trainings": 0.3, "trainings_beside": 0.5, "images": 0.5, "images_beside": 0.3,
    "judges": 0.4, "scores": 0.7,
}  # fmt: skip


def planted_effects(rng):
    """Effects of a full grid, made here from normal draws and index arithmetic alone."""
    cells = cells_of(LOSSES, KINDS, (0.1,), 2)
    loss = cells["fidelity"].str.removeprefix("loss").astype(int).to_numpy()
    kind = cells["discriminator"].map({name: i for i, (name, _, _) in enumerate(KINDS)})
    kind = kind.fillna(-1).astype(int).to_numpy()
    beside, draw = kind >= 0, rng.standard_normal

    def levels(count):
        """Of mean 0 and deviation 1, so that a few levels have the planted deviation."""
        drawn = draw(count)
        return (drawn - drawn.mean()) / drawn.std(ddof=1)

    level = np.where(
        beside,
        PLANTED["losses_beside"] * levels(12)[loss]
        + PLANTED["trunks"] * levels(10)[kind // 2]
        + PLANTED["heads"] * levels(20)[kind]
        + PLANTED["mixed"] * draw((12, 20))[loss, kind]
        + PLANTED["trainings_beside"] * draw(len(cells)),
        PLANTED["losses"] * levels(12)[loss] + PLANTED["trainings"] * draw(len(cells)),
    )
    values = np.tile(level[None, :, None], (4, 1, IMAGES))
    values += PLANTED["images"] * draw((12, IMAGES))[loss]
    values += PLANTED["images_beside"] * draw((21, IMAGES))[kind]
    values += PLANTED["judges"] * draw((4, 12, 1))[:, loss]
    values += PLANTED["scores"] * draw(values.shape)
    scale = values.mean(axis=2).std(axis=1).mean()
    judged = judge_values(cells, values, ("task", "generator", "set"), JUDGES)
    return effects_of(judged, "perception", JUDGES), scale


@pytest.mark.slow
def test_planted_components_are_found():
    """In z-scores they are the planted ones over the deviation between cells."""
    found = {name: [] for name in PLANTED}
    for index in range(4):
        effects, scale = planted_effects(np.random.default_rng(index))
        one = of_effects(effects)
        for name in PLANTED:
            found[name].append(one[name] * scale)
    means = {name: float(np.mean(own)) for name, own in found.items()}
    # Heads are nested in ten trunks, and draws of both correlate: four grids leave that much.
    assert means == pytest.approx(PLANTED, rel=0.25)


def test_what_a_pilot_does_not_show_is_as_published():
    effects, _ = planted_effects(np.random.default_rng(0))
    alone = effects.done["adversarial_weight"] == 0
    cells = effects.done[alone].reset_index(drop=True)
    judged = judge_values(cells, effects.z[:, alone], ("t", "g", "s"), JUDGES)
    found = of_effects(effects_of(judged, "perception", JUDGES))
    assert {"losses", "trainings", "images", "judges", "scores"} == set(found)


def test_the_published_components_are_those_of_the_published_trial():
    folder = ROOT / "published/bench-cpu/tables"
    names = ("runs", "scores")
    tables = empty_tables(**{name: pd.read_parquet(folder / f"{name}.parquet") for name in names})
    axes = {
        "distortion": ["psnr_y", "ssim_y", "fsim", "vsi", "gmsd", "nlpd"],
        "perception": ["lpips-alex", "lpips-squeeze", "dists-efficientnet-lite0", "niqe", "piqe"],
    }
    found, published = estimated(tables, axes), Components()
    for name in set(vars(published)) - {"skill", "kept"}:
        assert getattr(found, name) == pytest.approx(getattr(published, name), abs=0.051), name


def test_a_folder_without_scores_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"has no scores of a pilot .* leave out --pilot"):
        components_of(make_study(tmp_path, ["l1", "ssim"], [0]), tmp_path / "nowhere")
