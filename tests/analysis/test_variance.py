import pytest

from asymmetry.analysis.variance import REST, sources
from tests.synthetic_tables import AXES, all_effects, analysed_study


def by_source(tables):
    (effects,) = all_effects(tables, AXES["distortion"])
    return {row["source"]: row for row in sources(effects)}


def test_trunk_and_head_stand_for_themselves_where_they_are_told_apart(tmp_path):
    _, tables = analysed_study(tmp_path)
    # As if a trunk had both heads: patch on VGG and ViT, vanilla on VGG.
    runs = tables.runs
    runs.loc[runs["discriminator"] == "resnet-vanilla", "backbone"] = "vgg16"
    rows = by_source(tables)
    assert list(rows)[:4] == ["loss", "trunk", "head", "weight"]
    assert list(rows)[-1] == REST
    assert sum(row["value"] for row in rows.values()) == pytest.approx(1)
    assert all(row["low"] <= row["high"] for row in rows.values())


def test_the_discriminator_stands_for_both_where_they_are_not(tmp_path):
    _, tables = analysed_study(tmp_path)  # a trunk for each discriminator
    assert list(by_source(tables))[:3] == ["loss", "discriminator", "weight"]


def test_one_loss_has_no_share(tmp_path):
    _, tables = analysed_study(tmp_path)
    other = tables.runs["fidelity"] != "lpips-alex"
    tables.runs.loc[other & (tables.runs["kind"] == "cell"), "status"] = "missing"
    assert "loss" not in by_source(tables)


def test_without_cells_there_are_none(tmp_path):
    _, tables = analysed_study(tmp_path)
    tables.runs["status"] = "missing"
    assert by_source(tables) == {}
