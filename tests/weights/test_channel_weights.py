import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from asymmetry.core.errors import UserError
from asymmetry.core.files import digest
from asymmetry.weights.channel_weights import read_fitted, write_fitted

ALPHA, BETA = np.array([0.5, 0.0], np.float32), np.array([0.25, 0.25], np.float32)
SETTINGS = {"set": "abc", "train": 0.5}
FACTS = {"set": "kadid10k", "references": ["I01.png"]}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / f"dists-x-calibrated-{digest(SETTINGS)[:8]}.safetensors"
    write_fitted(path, ALPHA, BETA, SETTINGS, FACTS)
    return path


def test_what_was_written_is_read(written: Path):
    found = read_fitted(written)
    assert found.alpha.tolist() == ALPHA.tolist()
    assert found.beta.tolist() == BETA.tolist()
    assert found.record["settings"] == SETTINGS
    assert found.record["references"] == ["I01.png"]


def test_the_same_weights_are_the_same_bytes(written: Path):
    before = written.read_bytes()
    write_fitted(written, ALPHA, BETA, SETTINGS, FACTS)
    assert written.read_bytes() == before
    assert [file.name for file in written.parent.iterdir()] == [written.name]


def test_a_missing_file_names_the_command(tmp_path: Path):
    with pytest.raises(UserError, match=r"is missing; `asymmetry calibrate --output .*` fits it"):
        read_fitted(tmp_path / "x.safetensors")


def test_a_flipped_bit_is_refused_or_changes_no_weight(written: Path):
    """Only in words of the facts, which no number depends on, may one go unseen."""
    content = written.read_bytes()
    refused = 0
    for place in range(len(content)):
        written.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        try:
            found = read_fitted(written)
        except UserError:
            refused += 1
        else:
            assert found.alpha.tolist() == ALPHA.tolist()
            assert found.beta.tolist() == BETA.tolist()
            assert found.record["settings"] == SETTINGS
    assert refused > len(content) / 2


def test_weights_of_other_settings_are_refused(written: Path):
    other = written.with_name("dists-x-calibrated-00000000.safetensors")
    written.rename(other)
    with pytest.raises(UserError, match="its settings are not those"):
        read_fitted(other)


def test_other_weights_under_a_record_are_refused(written: Path):
    record = read_fitted(written).record
    save_file({"alpha": BETA, "beta": ALPHA}, written, {"record": json.dumps(record)})
    with pytest.raises(UserError, match="its weights are not those"):
        read_fitted(written)


def test_a_file_without_record_is_refused(written: Path):
    save_file({"alpha": ALPHA, "beta": BETA}, written)
    with pytest.raises(UserError, match="is damaged"):
        read_fitted(written)
