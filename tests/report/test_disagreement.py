import numpy as np
import pytest

from asymmetry.report.disagreement import disagreements
from asymmetry.tables.read import load_tables
from tests.synthetic_tables import JUDGES, SET, make_runs, make_scores, write_tables


def tables_of(folder, scores):
    write_tables(folder, runs=make_runs(), scores=scores)
    return load_tables(folder)


def test_the_spread_is_between_the_judges_z_scores_on_that_image(tmp_path):
    scores = make_scores(make_runs())
    found = disagreements(tables_of(tmp_path, scores), ["vsi", "gmsd"])
    assert len(found) == 19 * 4
    assert [one.spread for one in found] == sorted((o.spread for o in found), reverse=True)
    # By hand, with pandas: from a value its image's mean, by the spread of the cells' means.
    cells = scores[scores["run"].str.contains("0123abcd")]
    z = {}
    for metric, sign in (("vsi", 1), ("gmsd", -1)):
        wide = sign * cells[cells["metric"] == metric].pivot(
            index="run", columns="image", values="value"
        )
        centred = wide - wide.mean()
        z[metric] = centred / np.std(centred.mean(axis=1))
    one = found[5]
    values = {name: float(table.loc[one.run, one.image]) for name, table in z.items()}
    assert one.most == (max(values, key=values.__getitem__), pytest.approx(max(values.values())))
    assert one.least == (min(values, key=values.__getitem__), pytest.approx(min(values.values())))


def test_an_odd_value_of_one_judge_is_the_widest(tmp_path):
    scores = make_scores(make_runs(), noise=0.01)
    run = scores["run"].unique()[5]
    odd = (scores["run"] == run) & (scores["image"] == "coffee") & (scores["metric"] == "vsi")
    scores.loc[odd, "value"] -= 5
    first = disagreements(tables_of(tmp_path, scores), JUDGES)[0]
    assert (first.run, first.set, first.image, first.least[0]) == (run, SET, "coffee", "vsi")


def test_a_judge_that_is_the_cells_own_loss_does_not_judge_it(tmp_path):
    found = disagreements(tables_of(tmp_path, make_scores(make_runs())), ["lpips-alex", "vsi"])
    assert found
    assert not any("/lpips-alex/" in one.run for one in found)


@pytest.mark.parametrize("judges", [[], ["vsi"]])
def test_without_two_judges_there_is_none(tmp_path, judges):
    assert disagreements(tables_of(tmp_path, make_scores(make_runs())), judges) == []


def test_of_empty_tables_there_is_none(tmp_path):
    assert disagreements(load_tables(tmp_path), JUDGES) == []
