import numpy as np
import pytest
from openpyxl import Workbook
from scipy.io import savemat

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.score_files import read_csv, read_mat, read_pairs, read_sheet


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


def refusal(read, *arguments):
    with pytest.raises(UserError) as error:
        read(*arguments)
    assert "\n" not in str(error.value)
    return str(error.value)


NAMES = {"name": "mend it", "score": "mend it"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,score,score\na,1,2\n", ":1: 'score' is the name of the columns 2 and 3; rename"),
        ("name,score, score \na,1,2\n", ":1: 'score' is the name of the columns 2 and 3"),
        ("name,score,name\na,1,b\n", ":1: 'name' is the name of the columns 1 and 3"),
        ("x,name,x,score,x\n1,a,1,2,1\n", ":1: 'x' is the name of the columns 1 and 3 and 5"),
        ("\n\nname,score,score\na,1,2\n", ":3: 'score' is the name"),
        ("name;score\na;1\n", ":1: has semicolons between its columns, not commas"),
        ('"name";"score"\n"a";"3,5"\n', ":1: has semicolons between its columns"),
        ("name;score;a, b\na;1;2\n", ":1: has semicolons between its columns"),
        ("sep=;\nname;score\na;1\n", ":1: has semicolons between its columns"),
        ("name\tscore\na\t1\n", ":1: has tabs between its columns"),
        ("name|score\na|1\n", ":1: has bars between its columns"),
        ("name,score\na,1\n\nb,3,5\n", ":4: does not have 2 values; mend the row (a comma inside"),
        ('name,score\n"a\nb",1\nc\n', ":4: does not have 2 values"),
        ('name,score\na,1\n"b,2\n', "cannot be read as CSV (line 3: "),
        ("name,score\na,1\nb\0,2\n", "cannot be read as CSV (line 3: has a NUL byte"),
    ],
)
def test_an_ambiguous_csv_file_is_refused_with_its_line(tmp_path, content, message):
    path = tmp_path / "a.csv"
    path.write_text(content, newline="")
    assert message in refusal(read_csv, path, NAMES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,score\r\na,1\r\né,2\r\n".encode("latin-1"), "(line 3: byte 0xe9 is not UTF-8"),
        ("\ufeffname,score\rä,2\r".encode() + b"\xe4", "(line 3: byte 0xe4 is not UTF-8"),
        ("name,score\na,1\n".encode("utf-16"), "(line 1: is UTF-16; save it as UTF-8"),
        (b"PK\3\4\0\0", "(line 1: is an Excel workbook or another archive; save it as"),
        ("name,score\na,1\n".encode("utf-16-le"), "(line 1: has a NUL byte"),
    ],
)
@pytest.mark.parametrize("read", [read_csv, read_pairs])
def test_other_encodings_are_refused_with_their_line(tmp_path, read, content, message):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert message in refusal(read, path, *([NAMES] if read is read_csv else [","]))


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffname,score\na,1\n",
        " name ,\tscore\na,1\n",
        "name,score\r\n\r\na,1\r\n",
        'name,score,"note; of\tall",,\na,1,x,,\n',
        "name,score,,\na,1,,\n",
    ],
)
def test_headers_with_a_mark_blanks_or_empty_names(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8", newline="")
    [(_, row)] = read_csv(path, NAMES)
    assert (row["name"], row["score"]) == ("a", "1")


def test_names_of_columns_in_either_form_of_accents(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("qualite\u0301,name\n1,a\n", encoding="utf-8")
    [(_, row)] = read_csv(path, {"qualit\u00e9": "mend it"})
    assert row["qualit\u00e9"] == "1"


def test_a_sheet_with_two_columns_of_a_name_that_is_asked_for(tmp_path):
    path = tmp_path / "a.xlsx"
    workbook = Workbook()
    for row in (["title"], ["name", "score", " score"], ["a", 1, 2]):
        workbook.active.append(row)
    workbook.save(path)
    message = refusal(read_sheet, path, ("name", "score"))
    assert f"{path}:2: 'score' is the name of the columns 2 and 3; rename" in message
    # Beside the table that is asked for there may be others.
    workbook.active["C2"], workbook.active["D2"], workbook.active["E2"] = "other", "x", "x"
    workbook.save(path)
    assert read_sheet(path, ("name", "score"))[0][1]["score"] == 1


def test_two_variables_of_one_name_in_a_matlab_file(tmp_path):
    path = tmp_path / "a.mat"
    savemat(path, {"scores": 1.0})
    header = 128  # bytes before the first variable
    path.write_bytes(path.read_bytes() + path.read_bytes()[header:])
    assert "cannot be read as a MATLAB file (Duplicate variable name" in refusal(
        read_mat, path, "scores"
    )
