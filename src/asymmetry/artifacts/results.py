"""The manifest of a study's results, and taking them over after a copy, a pull or a checkout.

`results/manifest.json` is written with the page. It holds the sha256 of every part, table, figure
and picture, and of the stamps that they were made under.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from asymmetry.artifacts.quarantine import quarantine
from asymmetry.core.files import read_object, sha256_of, write_atomically
from asymmetry.pipeline.made import MANIFEST, is_made, put_in_order
from asymmetry.pipeline.stages import Part, Stages


@dataclass
class Verdict:
    """How many files are verified, a line for each that is refused, the stages to be made again."""

    verified: int = 0
    refused: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)


def write_manifest(stages: Stages) -> None:
    """Record the results that are there, and the stamps that they were made under."""
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
    """Verify the results against the manifest, and leave the rest for Snakemake to make again.

    Where a recorded file is missing or differs, the results of its stage and of all later stages go
    into quarantine, so that Snakemake misses them. Results of another stamp stay where they are;
    Snakemake makes them again.
    """
    stamps, verdict = stages.stamps, Verdict()
    verification = _Verification(stages, verdict)
    broken: set[str | Path] = {
        part.path for part in stages.parts if not verification.sound_part(part)
    }
    for name, stage in stamps.by_name.items():
        sound = verification.sound(stage.outputs)
        if not sound or not broken.isdisjoint([*stage.files, *stage.after]):
            broken.add(name)
            verification.quarantine(stage.outputs)
    verdict.again = put_in_order(stages)
    return verdict


class _Verification:
    """The files that are there, compared with the digests in the manifest."""

    def __init__(self, stages: Stages, verdict: Verdict) -> None:
        content = read_object(stages.results / MANIFEST)
        self._stages, self._verdict = stages, verdict
        files = content.get("files")
        self._files: dict[str, str] = files if isinstance(files, dict) else {}

    def sound(self, paths: Iterable[Path]) -> bool:
        """Whether all those files that are recorded are there, and as recorded."""
        verdicts = [self._sound(path) for path in paths]
        return all(verdicts)

    def sound_part(self, part: Part) -> bool:
        """Whether a part and its views are sound; if not, the part goes into quarantine."""
        sound = self.sound(_files_of(self._stages, part))
        if not sound:
            self.quarantine([part.path])
        return sound

    def quarantine(self, paths: Iterable[Path]) -> None:
        """Move those files to the quarantine that are there."""
        for path in paths:
            if path.is_file():
                quarantine(path, self._stages.results)

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
        self.quarantine([path])
        return False


def _files_of(stages: Stages, part: Part) -> list[Path]:
    """A part, and the views that its job saves; bicubic's job saves those of the references."""
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
