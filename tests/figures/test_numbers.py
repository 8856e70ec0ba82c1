"""What each figure plots."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.analyse import analyse
from asymmetry.figures import (
    asymmetry,
    crops,
    heat_map,
    optimisability,
    perception_distortion,
    style,
    trajectories,
    transfer,
    weight_curves,
)
from asymmetry.figures.registry import figure_names, load_figure
from asymmetry.study import Training
from asymmetry.tables.read import load_tables
from tests.synthetic_tables import TASK, WARM, analysed_study, write_tables


def test_the_plane_shows_the_means_of_every_run(analysed):
    study, tables = analysed
    rows = perception_distortion.numbers(tables, study)
    assert len(rows) == 23
    assert rows["perception_metric"].unique().tolist() == ["lpips-alex"]
    scores = tables.scores
    own = scores[(scores["run"] == WARM) & (scores["metric"] == "psnr_y")]["value"]
    assert rows.set_index("run").loc[WARM, "distortion"] == pytest.approx(own.mean())
    absent = rows[rows["status"] != "done"]
    assert len(absent) == 2
    assert absent["perception"].isna().all()


def test_a_metric_that_falls_is_turned_round(analysed):
    study, tables = analysed
    rows = perception_distortion.numbers(tables, study).assign(perception_metric="gmsd")
    axes = perception_distortion.draw(rows, study).axes[0]
    assert axes.yaxis_inverted()
    assert not axes.xaxis_inverted()
    assert axes.get_ylabel() == "gmsd (lower is better), axis inverted   better →"
    assert axes.get_xlabel() == "psnr_y (dB, higher is better)   better →"


def test_the_plane_says_that_a_metric_is_also_a_loss(analysed):
    study, tables = analysed
    assert "lpips-alex is also a loss here" in perception_distortion.caption(tables, study)


def test_map_and_curves_show_the_table_of_effects(analysed):
    study, tables = analysed
    for figure in (heat_map, weight_curves):
        assert figure.numbers(tables, study).equals(tables.effect)


def test_the_map_marks_what_is_not_there(analysed):
    study, tables = analysed
    figure = heat_map.draw(heat_map.numbers(tables, study), study)
    hatched = [patch for axes in figure.axes for patch in axes.patches if patch.get_hatch()]
    crosses = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "x"]
    assert (len(hatched), len(crosses)) == (2, 2)  # one on each axis


def test_every_curve_starts_without_an_adversary(analysed):
    study, tables = analysed
    panels = weight_curves.draw(weight_curves.numbers(tables, study), study).axes
    titles = [axes.get_title(loc="left") or axes.get_title() for axes in panels]
    assert [title.splitlines()[-1] for title in titles] == study.grid.fidelity * 2
    lines = [line for line in panels[2].lines if len(line.get_xdata()) == 3]
    assert len(lines) == 3
    assert len({line.get_ydata()[0] for line in lines}) == 1


def test_points_of_the_asymmetry_carry_their_correlation(analysed):
    study, tables = analysed
    rows = asymmetry.numbers(tables, study)
    assert len(rows) == 12
    assert rows["n"].tolist() == [3] * 12
    assert rows.groupby(["axis", "regime"])["rho"].nunique().tolist() == [1] * 4


def fine_tuned(rows, reference="nr"):
    return rows[(rows["mode"] == "fine-tune") & (rows["reference"] == reference)]


def test_bars_of_transfer_are_means_with_both_kinds_of_spread(analysed):
    study, tables = analysed
    rows = fine_tuned(transfer.numbers(tables, study))
    bar = rows[(rows["backbone"] == "vgg16") & (rows["initialisation"] == "random")]
    within = 0.27 / (2 * 1.96)
    error = np.sqrt(bar["value"].var() / len(bar) + within**2)
    assert bar["mean"].iloc[0] == pytest.approx(bar["value"].mean())
    assert bar["mean_low"].iloc[0] == pytest.approx(bar["value"].mean() - 1.96 * error)


def test_transfer_has_a_panel_for_each_set_reference_and_mode(analysed):
    study, tables = analysed
    panels = transfer.draw(transfer.numbers(tables, study), study).axes
    titles = [axes.get_title() for axes in panels]
    assert [title.splitlines()[-1] for title in titles] == [
        *("raw score", "linear probe", "fine-tuned"),
    ] * 2
    assert titles[0].startswith("severities, no-reference: ")
    assert titles[3].startswith("severities, full-reference: ")


def test_a_panel_has_the_bars_of_its_own_models_only(analysed):
    study, tables = analysed
    rows = transfer.numbers(tables, study)
    panels = transfer.draw(rows, study).axes
    expected = sorted(fine_tuned(rows, "fr")["mean"].unique())
    assert sorted(bar.get_height() for bar in panels[5].patches) == pytest.approx(expected)
    assert len(panels[0].patches) == 6  # a raw score: three architectures, no ImageNet


def test_models_that_cannot_be_are_counted_and_not_drawn(analysed):
    study, tables = analysed
    table = tables.transfer.copy()
    table.loc[table["reference"] == "fr", ["value", "low", "high"]] = np.nan
    table.loc[table["reference"] == "fr", "status"] = "no references"
    without = replace(tables, transfer=table)
    rows = transfer.numbers(without, study)
    assert set(rows["reference"]) == {"nr"}
    assert len(transfer.draw(rows, study).axes) == 3
    absent = (table["reference"] == "fr").sum()
    assert f"{absent} of them without a value: no references" in transfer.caption(without, study)


def test_points_of_a_bar_are_in_the_order_of_their_weights(analysed):
    study, tables = analysed
    rows = fine_tuned(transfer.numbers(tables, study))
    own = rows[(rows["backbone"] == "vgg16") & (rows["initialisation"] == "discriminator")]
    (axes,) = transfer.draw(own, study).axes
    (points,) = axes.collections[1:]
    drawn = points.get_offsets()[:, 1].tolist()
    ordered = own.sort_values("adversarial_weight", kind="stable")["value"]
    assert drawn == ordered.tolist()


def test_transfer_has_bars_only_where_there_are_values(analysed):
    study, tables = analysed
    rows = fine_tuned(transfer.numbers(tables, study))
    without = rows["initialisation"] == "pretrained"
    rows.loc[without, ["value", "low", "high", "mean", "mean_low", "mean_high"]] = np.nan
    rows.loc[without, "status"] = "missing weights"
    figure = transfer.draw(rows, study)
    (axes,) = figure.axes
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["random", "discriminator", "pretrained: missing weights"]
    hatched = [bar for bar in axes.patches if bar.get_hatch()]
    assert len(hatched) == len(rows[without].groupby(["backbone", "head"]))
    assert all(bar.get_height() < 0.05 for bar in hatched)


def test_an_initialisation_without_rows_is_not_drawn(analysed):
    study, tables = analysed
    rows = transfer.numbers(tables, study)
    figure = transfer.draw(rows[rows["initialisation"] == "random"], study)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["random"]


def test_too_few_losses_have_no_interval(analysed):
    study, tables = analysed
    figure = asymmetry.draw(asymmetry.numbers(tables, study), study)
    title = " ".join(figure.axes[0].get_title().split())
    assert "(no interval), p = 1, n = 3: this design cannot decide it" in title
    assert max(map(len, figure.axes[0].get_title().splitlines())) <= 60  # as wide as a panel


def test_crops_say_what_their_numbers_are(analysed):
    study, tables = analysed
    figure = crops.draw(crops.numbers(tables, study), study)
    (block,) = figure.subfigs
    assert block.get_suptitle().endswith(
        "below each crop: psnr_y dB ↑ / lpips-alex ↓ of the whole image"
    )


def test_a_dollar_in_a_name_begins_no_formula(analysed):
    study, tables = analysed
    rows = crops.numbers(tables, study).assign(image="$x_$y")
    figure = crops.draw(rows, study)
    figure.savefig(BytesIO(), format="svg")
    titles = [place.get_suptitle() for place in figure.subfigs]
    assert all(r"\$x_\$y" in title for title in titles)


def test_crops_name_files_and_metrics(analysed):
    study, tables = analysed
    rows = crops.numbers(tables, study)
    assert rows["kind"].tolist() == ["reference", "bicubic", "warm-start", *["cell"] * 21]
    there = rows["file"].map(lambda name: Path(name).is_file())
    assert there.tolist() == (rows["status"] == "done").tolist()
    assert (
        rows.loc[rows["run"] == f"{TASK}/bicubic", ["psnr_y", "lpips-alex"]].notna().all(axis=None)
    )


def test_names_look_the_same_everywhere(analysed):
    study, _ = analysed
    look = style.look(study)
    assert list(look.fidelity) == study.grid.fidelity
    assert len(set(look.fidelity.values())) == 3
    assert len(set(look.marker.values())) == 4


def test_objectives_are_drawn_from_the_best_recovery_down(analysed):
    study, tables = analysed
    figure = optimisability.draw(optimisability.numbers(tables, study), study)
    left, middle, right = figure.axes
    assert [text.get_text() for text in left.get_yticklabels()] == ["lpips-alex", "ms_ssim", "l1"]
    assert middle.get_xscale() == "log"
    assert len(right.patches) == 8 * 3
    ends = [bar.get_x() + bar.get_width() for bar in right.patches[-3:]]
    assert ends == pytest.approx([1, 1, 1])


def test_what_is_absent_of_an_objective_is_said(analysed):
    study, tables = analysed
    table = tables.optimisability.copy()
    lost = (table["fidelity"] == "l1") & (table["image"] == "photo0/white")
    lost &= table["statistic"] == "recovery"
    table.loc[lost, ["value", "status"]] = [np.nan, "diverged"]
    changed = replace(tables, optimisability=table)
    figure = optimisability.draw(optimisability.numbers(changed, study), study)
    assert [text.get_text() for text in figure.axes[0].texts] == ["1 of 6 absent"]
    assert "1 values absent: diverged" in optimisability.caption(changed, study)


def test_snapshots_are_no_cells(tmp_path):
    """Whatever they are worth, they change no other figure's numbers, effect or claim but H12."""
    study, before = analysed_study(tmp_path)
    changed = before.trajectories.assign(value=before.trajectories["value"] * 0.7)
    write_tables(tmp_path, trajectories=changed)
    analyse(study, tmp_path)
    after = load_tables(tmp_path)
    for name in figure_names():
        figure = load_figure(name)
        pairs = figure.numbers(after, study), figure.numbers(before, study)
        if name == "trajectories":
            assert not pairs[0]["value"].equals(pairs[1]["value"])
        else:
            pd.testing.assert_frame_equal(*pairs)
    for table in ("effect", "asymmetry"):
        pd.testing.assert_frame_equal(getattr(after, table), getattr(before, table))
    others = [one.hypotheses[one.hypotheses["id"] != "H12"] for one in (after, before)]
    pd.testing.assert_frame_equal(*others)


def test_ways_have_a_panel_for_each_measure_and_regime(analysed):
    study, tables = analysed
    numbers = trajectories.numbers(tables, study)
    figure = trajectories.draw(numbers, study)
    panels = figure.axes
    assert [axes.get_title(loc="left") or axes.get_title() for axes in panels[:2]] == [
        "without an adversary (λ = 0)",
        "with an adversary (λ > 0), 1 diverged, 1 missing",
    ]
    words = [axes.get_ylabel() for axes in panels if axes.get_ylabel()]
    assert words == [
        *("distortion axis\nmean z-score ↑", "psnr_y dB ↑", "vsi ↑", "gmsd ↓"),
        *("perception axis\nmean z-score ↑", "lpips-alex ↓", "niqe ↓"),
    ]
    # Of psnr_y, every large mark lies on the best step of a line: three losses alone.
    marks = [line for line in panels[2].lines if line.get_linestyle() == "None"]
    lines = [line for line in panels[2].lines if line.get_linestyle() != "None"]
    assert len(marks) == len(lines) == 3
    for mark, line in zip(marks, lines, strict=True):
        assert line.get_xdata().tolist() == [0, 10, 50, 100]
        highest = int(np.argmax(line.get_ydata()))
        assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (
            line.get_xdata()[highest],
            line.get_ydata()[highest],
        )


def test_a_way_that_breaks_off_ends_in_a_cross(analysed):
    study, tables = analysed
    panels = trajectories.draw(trajectories.numbers(tables, study), study).axes
    for axes in panels:
        crosses = [line.get_xdata().tolist() for line in axes.lines if line.get_marker() == "x"]
        assert crosses == ([[10]] if "λ > 0" in title_of(axes, panels) else [])


def title_of(axes, panels) -> str:
    top = panels[panels.index(axes) % 2]
    return top.get_title(loc="left") or top.get_title()


def test_ways_are_no_taller_than_a_picture_may_be(analysed, monkeypatch):
    study, tables = analysed
    rows = trajectories.numbers(tables, study)
    twice = pd.concat([rows, rows.assign(set="set14")], ignore_index=True)
    assert len(trajectories.draw(twice, study).axes) == 2 * 7 * 2
    monkeypatch.setattr(trajectories, "_MOST_ROWS", 13)
    assert len(trajectories.draw(twice, study).axes) == 7 * 2


def test_the_caption_says_how_many_are_best_before_the_end(analysed):
    study, tables = analysed
    found = trajectories.numbers(tables, study)
    means = found[(found["metric"] == "mean z-score") & (found["status"] == "done")]
    early = means[means["best"] & (means["step"] < 100)].groupby("axis").size()
    words = trajectories.caption(tables, study)
    assert f"Best before the end: {early['distortion']} of 19 by distortion" in words
    assert early["distortion"] > 12


def test_without_snapshots_the_figure_says_which_setting_keeps_them(analysed):
    study, tables = analysed
    without = replace(tables, trajectories=tables.trajectories.iloc[:0])
    none = study.model_copy(update={"training": Training(steps=100)})
    for one, words in ((study, "no snapshot is scored yet"), (none, "training.snapshots")):
        figure = trajectories.draw(trajectories.numbers(without, one), one)
        assert words in figure.texts[0].get_text()
