"""Which of a study's sets show the same: training photos, evaluation sets and IQA sets.

A severity set is left out: it is made of the photos, and carries their split.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.scores import content_picture, read_scores
from asymmetry.data.iqa_sets.splits import shared_line, shared_training
from asymmetry.data.sets import HELD_OUT, evaluation_images
from asymmetry.planning.plan import Plan
from asymmetry.study import PublishedSet, ScoredSet, SeveritySet, Study

CHANGES_NUMBERS = True

_TRAINING = "training photos"


@dataclass(frozen=True)
class Overlap:
    """Of the `size` images or contents (`unit`) of the set `one`, those that `other` shows too.

    `names` are theirs, sorted; `meaning` is what follows for a reader of the results.
    """

    one: str
    other: str
    names: tuple[str, ...]
    size: int
    unit: str
    meaning: str

    @property
    def line(self) -> str:
        """The overlap in a line."""
        of = "" if self.other == _TRAINING else "what is in "
        return (
            f"{self.one}: {len(self.names)} of its {self.size} {self.unit} show {of}{self.other}, "
            f"e.g. {self.names[0]}: {self.meaning}"
        )


@dataclass(frozen=True)
class _Pictures:
    """The pictures of a set: the name of an image or content, and its files."""

    title: str
    unit: str
    files: list[tuple[str, Path]]


def overlaps(study: Study, plan: Plan) -> list[Overlap]:
    """The overlaps between two sets each, those with the training photos last.

    Pictures are compared as `like_pairs` does; each is decoded once, ever. Raises UserError where
    a set cannot be read.
    """
    return _overlaps(study, [read() for read in _readers(study, plan).values()])


def overlap_lines(study: Study, plan: Plan) -> list[str]:
    """A line for each overlap, for each set that cannot be read, and for each leaky split."""
    sets, lines = [], []
    for title, read in _readers(study, plan).items():
        try:
            sets.append(read())
        except UserError as error:
            lines.append(
                f"{title}: not compared with the other sets, as it cannot be read: {error}"
            )
    lines += _leaky_splits(study)
    return lines + [overlap.line for overlap in _overlaps(study, sets)]


def folder_overlap_lines(study: Study, plan: Plan) -> list[str]:
    """A line for each evaluation folder that shows training photos or held-out ones.

    Their pictures were looked at when they were listed, so this takes a moment.
    """
    if not _folders(study):
        return []
    sets = [read() for read in _photo_readers(study, plan).values()]
    return [overlap.line for overlap in _overlaps(study, sets)]


def _readers(study: Study, plan: Plan) -> dict[str, Callable[[], _Pictures]]:
    """How each set is read, by its title; none where there is nothing that could overlap."""
    scored = {
        _iqa_title(name): partial(_scored, _iqa_title(name), name, declared)
        for name, declared in study.iqa_sets.items()
        if not isinstance(declared, SeveritySet)
    }
    return _photo_readers(study, plan) | scored if _folders(study) or scored else {}


def _photo_readers(study: Study, plan: Plan) -> dict[str, Callable[[], _Pictures]]:
    """How the training photos and the evaluation sets are read, by their titles."""
    readers: dict[str, Callable[[], _Pictures]] = {_TRAINING: partial(_training, plan)}
    for name in study.evaluation.sets:
        title = f"evaluation set '{name}'"
        readers[title] = partial(_evaluation, title, study, plan, name)
    return readers


def _folders(study: Study) -> list[str]:
    """The evaluation sets that are not the photos held out, which are split by content."""
    return [name for name, source in study.evaluation.sets.items() if source != HELD_OUT]


def _training(plan: Plan) -> _Pictures:
    photos = plan.photos.split("train")
    return _Pictures(_TRAINING, "photos", [(photo.name, photo.path) for photo in photos])


def _evaluation(title: str, study: Study, plan: Plan, name: str) -> _Pictures:
    images = evaluation_images(study, name, plan.photos)
    return _Pictures(title, "images", [(image.name, image.path) for image in images])


def _scored(title: str, name: str, declared: ScoredSet | PublishedSet) -> _Pictures:
    rows = read_scores(name, declared).rows
    files = dict.fromkeys((row.content, content_picture(row)) for row in rows)
    return _Pictures(title, "contents", list(files))


def _overlaps(study: Study, sets: list[_Pictures]) -> list[Overlap]:
    if len(sets) < 2:
        return []
    from asymmetry.data.fingerprints import fingerprints
    from asymmetry.data.likeness import like_pairs

    owners = [(place, name) for place, one in enumerate(sets) for name, _ in one.files]
    prints = fingerprints(path for one in sets for _, path in one.files)
    shared: dict[tuple[int, int], set[str]] = defaultdict(set)
    for first, second in like_pairs(prints):
        (other, _), (one, name) = owners[first], owners[second]
        if other != one:
            shared[one, other].add(name)
    found = [
        Overlap(
            one=sets[one].title,
            other=sets[other].title,
            names=tuple(sorted(names)),
            size=len({name for name, _ in sets[one].files}),
            unit=sets[one].unit,
            meaning=_meaning(study, sets[one].title, sets[other].title),
        )
        for (one, other), names in sorted(shared.items())
    ]
    return sorted(found, key=lambda overlap: overlap.other == _TRAINING)


def _meaning(study: Study, one: str, other: str) -> str:
    if other == _TRAINING:
        what = "results" if one.startswith("IQA") else "scores"
        return f"a leak, so {what} on them are not of unseen images"
    if study.calibration and _iqa_title(study.calibration.set) in (one, other):
        return "calibrated losses and metrics may have been fitted to them"
    return "the two are not independent"


def _leaky_splits(study: Study) -> Iterator[str]:
    """A line for each released split that has a content on both sides."""
    for name, declared in study.iqa_sets.items():
        if isinstance(declared, ScoredSet) and declared.split and declared.split_as_released:
            try:
                rows = read_scores(name, declared).rows
            except UserError:
                continue  # said already
            shared = shared_training([row.held_out for row in rows], [row.content for row in rows])
            if shared:
                yield shared_line(name, [rows[place].name for place in sorted(shared)])


def _iqa_title(name: str) -> str:
    return f"IQA set '{name}'"
