import pytest

from asymmetry.simulation.decidable import decidable
from asymmetry.study import Discriminator
from tests.synthetic_tables import make_study

LOSSES = ["ssim", "ms_ssim", "gmsd", "fsim", "vsi", "vif", "nlpd", "cw_ssim", "mdsi", "haarpsi"]


def study_of(tmp_path, seeds, discriminators=("vgg16-patch",), metrics=(), beside=False):
    study = make_study(tmp_path, LOSSES, seeds)
    parts = {name: Discriminator(**kind) for name, kind in KINDS.items() if name in discriminators}
    grid = study.grid.model_copy(update={"discriminators": list(parts)})
    measured = [*study.evaluation.metrics, *metrics]
    update = {"metrics": measured, "artifacts_beside": beside}
    evaluation = study.evaluation.model_copy(update=update)
    changed = {"discriminators": parts, "grid": grid, "evaluation": evaluation}
    return {one.hypothesis: one for one in decidable(study.model_copy(update=changed))}


KINDS = {
    f"{trunk}-{head}": {"backbone": trunk, "head": head}
    for trunk in ("vgg16", "resnet50", "vit-small", "swin-tiny")
    for head in ("patch", "vanilla")
}


@pytest.fixture(scope="module")
def poor(tmp_path_factory):
    return study_of(tmp_path_factory.mktemp("poor"), [0])


@pytest.fixture(scope="module")
def rich(tmp_path_factory):
    measures = ("sharpness", "coherence", "lattice", "semantics", "sifid")
    return study_of(tmp_path_factory.mktemp("rich"), [0, 1, 2], KINDS, measures, beside=True)


def test_a_rich_design_decides_both_ways(rich):
    for name in ("H1", "H2", "H3", "H5", "H5b", "H6", "H6b", "H14", "H15", "H16", "H17"):
        assert rich[name].never == [], rich[name].line
        assert rich[name].support, name
        assert rich[name].contradict, name


def test_one_seed_cannot_tell_chance_from_a_change(poor):
    for name in ("H2", "H3"):
        assert len(poor[name].never) == poor[name].findings
        assert "second seed" in poor[name].line


def test_what_is_not_in_the_grid_cannot_be_decided(poor):
    for name in ("H4", "H5", "H6", "H14"):
        assert "can never be decided" in poor[name].line, name
    assert poor["H12"].line.startswith("H12  descriptive only")


def test_by_one_seed_h1_can_be_contradicted_but_supported_only_beside_two_weights(poor):
    """Without an adversary there is one training a loss; with one, a weight repeats the other."""
    assert (poor["H1"].support, poor["H1"].contradict, poor["H1"].findings) == (2, 4, 4)
