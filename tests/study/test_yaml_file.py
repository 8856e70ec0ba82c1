"""YAML says what it looks like, or is refused with the line."""

from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.study.yaml_file import read_yaml


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "study.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "a: stands there twice (lines 1 and 3)"),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", "b: stands there twice (lines 2 and 4)"),
        ("- {x: 1}\n- {x: 1,\n   x: 2}\n", "x: stands there twice (lines 2 and 3)"),
        ("a: yes\n", "line 1: 'yes' is read by YAML in another way than it looks; write true or"),
        ("a: Off\n", "line 1: 'Off' is read"),
        ("a: 010\n", "line 1: '010' is read"),
        ("a: 1:30\n", "line 1: '1:30' is read"),
        ("a: 1_000\n", "line 1: '1_000' is read"),
        ("a: 1_0.5\n", "line 1: '1_0.5' is read"),
        ("a:\n- 2024-01-01\n", "line 2: '2024-01-01' is read"),
        ("a: [1\n", "cannot be read as YAML"),
        ("a: !!python/object:os.system x\n", "cannot be read as YAML"),
        (b"\xff\xfe\x00", "cannot be read as YAML"),
        ("[" * 2000, "cannot be read as YAML"),
    ],
)
def test_what_looks_otherwise_than_it_is_read(tmp_path, text, said):
    path = written(tmp_path, text)
    with pytest.raises(UserError) as caught:
        read_yaml(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_meant_so_is_read(tmp_path):
    text = "a: true\nb: 'yes'\nc: '010'\nd: 0\ne: -3\nf: 1.5e-3\ng: \"2024-01-01\"\nh: on_time\n"
    assert read_yaml(written(tmp_path, text)) == {
        "a": True, "b": "yes", "c": "010", "d": 0, "e": -3, "f": 0.0015, "g": "2024-01-01",
        "h": "on_time",
    }  # fmt: skip


def test_one_key_in_two_sections_is_no_double(tmp_path):
    text = "a: {b: 1}\nc: {b: 2}\nd: &base {e: 1}\nf: {<<: *base, g: 2}\n"
    assert read_yaml(written(tmp_path, text))["f"] == {"e": 1, "g": 2}
