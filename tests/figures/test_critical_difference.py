import numpy as np

from asymmetry.figures import critical_difference


def words(figure):
    return " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


def test_each_loss_stands_at_its_rank(analysed):
    study, tables = analysed
    rows = critical_difference.numbers(tables, study)
    figure = critical_difference.draw(rows, study)
    assert len(figure.axes) == 2  # an axis of effect each
    shown = [
        line.get_xdata()[0]
        for axes in figure.axes
        for line in axes.lines
        if line.get_marker() == "o"
    ]
    assert shown == rows["rank"].tolist()
    for row in rows.itertuples():
        assert f"{row.fidelity}  {row.rank:.2f}" in words(figure)


def test_a_loss_without_a_rank_is_named(analysed):
    study, tables = analysed
    rows = critical_difference.numbers(tables, study)
    gone = rows["fidelity"] == "ms_ssim"
    rows.loc[gone, ["rank", "blocks", "difference", "p", "first", "last"]] = np.nan
    rows.loc[~gone, ["first", "last"]] = np.nan  # places among three
    figure = critical_difference.draw(rows, study)
    titles = [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes]
    assert all("not ranked: ms_ssim" in title for title in titles)
    assert "ms_ssim" not in words(figure)
