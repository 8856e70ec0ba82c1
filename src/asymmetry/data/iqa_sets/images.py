"""IQA sets: images with scores, every score oriented so that HIGHER IS BETTER.

A severity set ranks known distortions of the study's photos; its scores are never opinions. The
discriminators were trained on crops of the training photos, so its images have the split of the
photos, and a test uses the held-out contents only. All other sets have human scores.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache, partial

from asymmetry.core.randomness import draws
from asymmetry.data.distortions import distort
from asymmetry.data.images import Rgb, central_square, read_rgb
from asymmetry.data.iqa_sets.scores import read_scores
from asymmetry.data.load import load_photo
from asymmetry.data.photos import Photo, PhotoManifest
from asymmetry.study import PublishedSet, ScoredSet, SeveritySet, Study

_REFERENCES = 64  # held decoded


@dataclass(frozen=True)
class IqaImage:
    """An image, uint8 RGB [H,W,3] made on demand, and its score.

    `group` is its content, the unit of splits and intervals. `kind` is its distortion, "" where
    the set does not say. `held_out` tells whether the content is for tests only, by the split of
    the study's photos or of the set itself; it is None where there is no such split.
    """

    name: str
    group: str
    kind: str
    score: float
    pixels: Callable[[], Rgb]
    reference: Callable[[], Rgb] | None
    held_out: bool | None = None


@dataclass(frozen=True)
class IqaImages:
    """The images of a set; of every declared `kind` but "severity" the scores are opinions."""

    name: str
    kind: str
    images: tuple[IqaImage, ...]


def load_set(study: Study, set_name: str, photos: PhotoManifest) -> IqaImages:
    """The set that the study's `iqa_sets` declares under `set_name`.

    Raises UserError with one line, as `read_scores`.
    """
    declared = study.iqa_sets[set_name]
    if isinstance(declared, SeveritySet):
        return _severity_set(set_name, declared, photos, study.photos.reduce)
    return _scored_set(set_name, declared)


def _severity_set(
    name: str, declared: SeveritySet, photos: PhotoManifest, reduce: int
) -> IqaImages:
    """Each photo's centre at each level of each distortion; the score of level l is -l.

    The pristine centre is the reference and not an image of the set: a full-reference metric of
    it and itself says nothing (its PSNR is infinite).
    """
    images = []
    for photo in photos.photos:
        centre = cache(partial(_centre, photo, declared.crop, reduce))
        for kind in declared.distortions:
            for level in range(1, declared.levels + 1):
                images.append(
                    IqaImage(
                        name=f"{photo.name}/{kind}-{level}",
                        group=photo.group,
                        kind=kind,
                        score=float(-level),
                        pixels=partial(
                            _distorted, centre, kind, level, declared.levels, photo.name
                        ),
                        reference=centre,
                        held_out=photo.split == "evaluation",
                    )
                )
    return IqaImages(name, declared.kind, tuple(images))


def _centre(photo: Photo, crop: int, reduce: int) -> Rgb:
    return central_square(load_photo(photo, reduce), crop)


def _distorted(centre: Callable[[], Rgb], kind: str, level: int, levels: int, photo: str) -> Rgb:
    # One stream for all levels: they differ in strength alone.
    return distort(kind, level, levels, centre(), draws(0, f"severity/{photo}/{kind}"))


def _scored_set(name: str, declared: ScoredSet | PublishedSet) -> IqaImages:
    scores = read_scores(name, declared)
    sign = 1.0 if scores.higher_is_better else -1.0
    # Hundreds of images share a reference; a set may have thousands of them.
    read_reference = lru_cache(maxsize=_REFERENCES)(read_rgb)
    images = [
        IqaImage(
            name=row.name,
            group=row.content,
            kind=row.kind,
            score=sign * row.score,
            pixels=partial(read_rgb, row.image),
            reference=partial(read_reference, row.reference) if row.reference else None,
            held_out=row.held_out,
        )
        for row in scores.rows
    ]
    return IqaImages(name, declared.kind, tuple(images))
