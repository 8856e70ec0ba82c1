"""The manifest of a study's results, and taking them over after a copy, a pull or a checkout.

`results/manifest.json` is written with the page: the sha256 of every part, table, figure and
picture, and of the stamps that they were made under.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from asymmetry.artifacts.quarantine import set_aside
from asymmetry.core.files import read_object, sha256_of, write_atomically
from asymmetry.pipeline.made import MANIFEST, is_made, put_in_order
from asymmetry.pipeline.stages import Part, Stages


@dataclass
class Verdict:
    """How many files were verified, a line for each that was refused, the stages made again."""

    verified: int = 0
    refused: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)


def write_manifest(stages: Stages) -> None:
    """Record the results that are there, and the stamps under which they were made."""
    cheap = stages.stamps.by_name
    files = [path for stage in cheap.values() for path in stage.outputs]
    files += [path for part in stages.parts for path in _files_of(stages, part)]
    current = [name for name in cheap if is_made(stages, name)]
    content = {
        "files": {_key(stages, path): sha256_of(path) for path in files if path.is_file()},
        "stamps": {name: stages.stamps.digest(name) for name in current},
    }
    text = json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"
    write_atomically(stages.results / MANIFEST, text)


def adopt_results(stages: Stages) -> Verdict:
    """Verify the results against the manifest, and leave Snakemake to do what is not in order.

    Where a recorded file is missing or another, the results of its stage and of those after it are
    moved aside, so that they are missed. What was made under another stamp stays, to be made again.
    """
    stamps, verdict = stages.stamps, Verdict()
    manifest = _Manifest(stages, verdict)
    broken: set[str | Path] = {part.path for part in stages.parts if not manifest.sound_part(part)}
    for name, stage in stamps.by_name.items():
        sound = manifest.sound(stage.outputs)
        if not sound or not broken.isdisjoint([*stage.files, *stage.after]):
            broken.add(name)
            manifest.set_aside(stage.outputs)
    verdict.again = put_in_order(stages)
    return verdict


class _Manifest:
    """What the manifest says, against what is there."""

    def __init__(self, stages: Stages, verdict: Verdict) -> None:
        content = read_object(stages.results / MANIFEST)
        self._stages, self._verdict = stages, verdict
        files = content.get("files")
        self._files: dict[str, str] = files if isinstance(files, dict) else {}

    def sound(self, paths: Iterable[Path]) -> bool:
        """Whether all of the files that are recorded are there, and the same."""
        verdicts = [self._sound(path) for path in paths]
        return all(verdicts)

    def sound_part(self, part: Part) -> bool:
        """Whether a part and its views are; if not, the part is moved aside and made again."""
        sound = self.sound(_files_of(self._stages, part))
        if not sound:
            self.set_aside([part.path])
        return sound

    def set_aside(self, paths: Iterable[Path]) -> None:
        """Move those files aside that are there."""
        for path in paths:
            if path.is_file():
                set_aside(path, self._stages.results)

    def _sound(self, path: Path) -> bool:
        expected = self._files.get(_key(self._stages, path))
        if expected is None:
            return True
        if not path.is_file():
            return False
        if sha256_of(path) == expected:
            self._verdict.verified += 1
            return True
        self._verdict.refused.append(f"{path}: its sha256 is not the one that {MANIFEST} records")
        self.set_aside([path])
        return False


def _files_of(stages: Stages, part: Part) -> list[Path]:
    """A part, then the views that its making saves; the references' come with bicubic."""
    if part not in stages.assessment.parts:
        return [part.path]
    tasks = [run.partition("/")[0] for run in part.runs if run in stages.plan.baselines]
    owners = [*part.runs, *(f"{task}/reference" for task in tasks)]
    return [
        part.path,
        *(view.path(stages.results, owner) for owner in owners for view in stages.assessment.views),
    ]


def _key(stages: Stages, path: Path) -> str:
    return path.relative_to(stages.results).as_posix()
