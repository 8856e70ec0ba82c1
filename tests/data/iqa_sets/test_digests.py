import subprocess
import sys
from pathlib import Path

from PIL import Image

from asymmetry.data.iqa_sets.digests import iqa_set_digest
from asymmetry.data.photos import read_photos
from tests.iqa.conftest import SCORED, declare


def severity(photos: Path, **changes):
    study = declare(photos, iqa_sets={"severity": {"kind": "severity"} | changes})
    return iqa_set_digest(study, "severity", read_photos(study.photos))


def scored(photos: Path, table: Path, **changes):
    sets = {"severity": {"kind": "severity"}, "s": SCORED | {"table": str(table)} | changes}
    study = declare(photos, iqa_sets=sets)
    return iqa_set_digest(study, "s", read_photos(study.photos))


def test_a_severity_set_is_its_settings_and_its_photos(photos):
    first = severity(photos)
    assert first == severity(photos)
    assert first != severity(photos, crop=32)
    Image.new("RGB", (96, 80), "green").save(photos / "p3.png")
    assert first != severity(photos)


def test_a_scored_set_is_its_scores_and_its_files_wherever_they_lie(photos, table):
    first = scored(photos, table)
    assert first != scored(photos, table, higher_is_better=False)
    assert first != scored(photos, table, reference=None)
    whole = table.read_text()
    lines = zip(whole.split(), ("part", "train", "train", "test"), strict=True)
    table.write_text("\n".join(",".join(line) for line in lines))
    assert first == scored(photos, table)
    assert first != scored(photos, table, split="part")
    table.write_text(whole)
    moved = table.parent.rename(table.parent.with_name("moved")) / table.name
    assert first == scored(photos, moved)
    Image.new("RGB", (20, 12), "green").save(moved.parent / "images" / "b.png")
    second = scored(photos, moved)
    assert first != second
    moved.write_text(moved.read_text().replace("2.5", "2.6"))
    assert second != scored(photos, moved)


def test_no_torch_is_imported():
    loaded = "sys.exit(bool({'torch', 'numpy'} & set(sys.modules)))"
    code = f"import asymmetry.data.iqa_sets.digests, sys; {loaded}"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
