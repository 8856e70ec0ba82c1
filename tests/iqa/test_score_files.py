import numpy as np
import pytest
from openpyxl import Workbook
from scipy.io import savemat

from asymmetry.errors import UserError
from asymmetry.iqa.score_files import read_csv, read_mat, read_pairs, read_sheet


def test_rows_of_a_csv_file_with_their_lines(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('﻿name,score\n"a, b",1\nc,2\n', encoding="utf-8")
    assert read_csv(path, {"name": "mend it"}) == [
        (f"{path}:2", {"name": "a, b", "score": "1"}),
        (f"{path}:3", {"name": "c", "score": "2"}),
    ]


def test_rows_below_the_header_of_a_sheet(tmp_path):
    path = tmp_path / "a.xlsx"
    workbook = Workbook()
    for row in (["title"], [], [None, "name", "score"], [None, "a", 1], [], [None, 7, 2.5]):
        workbook.active.append(row)
    workbook.save(path)
    rows = read_sheet(path, ("name", "score"))
    assert [(where, row["name"], row["score"]) for where, row in rows] == [
        (f"{path}:4", "a", 1),
        (f"{path}:6", 7, 2.5),
    ]
    with pytest.raises(UserError, match="no row has the columns name, mos; take the file"):
        read_sheet(path, ("name", "mos"))


def test_pairs_of_lines(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("1.5   a b\n")
    assert read_pairs(path, "   ") == [(f"{path}:1", "1.5", "a b")]
    path.write_text("\r\n1.5\ta\r\n\r\n")
    assert read_pairs(path) == [(f"{path}:2", "1.5", "a")]


def test_cells_and_numbers_of_a_matlab_file(tmp_path):
    path = tmp_path / "a.mat"
    cells = np.array([["a.bmp", "long name.bmp"]], dtype=object)
    savemat(path, {"names": cells, "scores": np.array([[1.5, 2]]), "one": 3.0})
    assert read_mat(path, "names", "scores", "one") == [
        ["a.bmp", "long name.bmp"],
        [1.5, 2.0],
        [3.0],
    ]
    with pytest.raises(UserError, match=r"has no variable 'name'; did you mean 'names'\?"):
        read_mat(path, "name")
