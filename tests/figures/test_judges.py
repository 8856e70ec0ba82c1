from matplotlib.patches import Rectangle

from asymmetry.figures import judges
from tests.synthetic_tables import JUDGES


def test_frames_are_camps_and_what_is_not_known_is_hatched(analysed):
    study, tables = analysed
    rows = judges.numbers(tables, study)
    rows.loc[(rows["judge"] == "vsi") & (rows["other"] == "niqe"), "value"] = float("nan")
    axes = judges.draw(rows, study).axes[0]
    boxes = [one for one in axes.patches if isinstance(one, Rectangle)]
    frames = [one for one in boxes if not one.get_fill()]
    assert sum(one.get_width() for one in frames) == len(JUDGES)
    assert len(frames) == rows["camp"].nunique()
    assert sum(1 for one in boxes if one.get_hatch()) == 1
    assert len(boxes) == len(JUDGES) ** 2 + len(frames)


def test_the_caption_says_how_reliable_each_axis_is(analysed):
    study, tables = analysed
    alpha = tables.reliability.set_index("axis").loc["distortion", "alpha"]
    assert f"distortion {alpha:.2f} [" in judges.caption(tables, study)
