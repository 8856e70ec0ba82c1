import importlib
import sys

import pytest

import asymmetry.figures
from asymmetry.core.errors import UserError
from asymmetry.figures.registry import drawn_figures, figure_modules, figure_names, load_figure

FIGURE = '''
"""A figure."""
import pandas as pd
from matplotlib.figure import Figure

TITLE = "Seconds"


def caption(tables, study):
    return "How long the runs took."


def numbers(tables, study):
    return tables.runs[["run", "seconds"]]


def draw(numbers, study):
    return Figure()
'''


def test_every_file_is_a_figure_with_its_name():
    assert len(figure_names()) >= 6
    for name, module in figure_modules().items():
        figure = load_figure(name)
        assert figure.__name__ == module == f"asymmetry.figures.{name}"
        assert figure.TITLE


def test_power_is_drawn_where_somebody_asked_for_it(tmp_path):
    without = drawn_figures(tmp_path)
    (tmp_path / "power.csv").touch()
    assert drawn_figures(tmp_path) == figure_names() == [*without, "power"]


def test_an_unknown_figure_is_named_with_the_nearest():
    with pytest.raises(
        UserError, match=r"'heatmap' is not a known figure; did you mean 'heat_map'"
    ):
        load_figure("heatmap")


def test_a_file_dropped_in_is_a_figure(tmp_path, monkeypatch):
    (tmp_path / "seconds.py").write_text(FIGURE)
    monkeypatch.setattr(asymmetry.figures, "__path__", [*asymmetry.figures.__path__, str(tmp_path)])
    monkeypatch.setitem(sys.modules, "asymmetry.figures.seconds", None)
    del sys.modules["asymmetry.figures.seconds"]
    importlib.invalidate_caches()
    assert figure_names()[-1] == "seconds"
    assert load_figure("seconds").TITLE == "Seconds"
