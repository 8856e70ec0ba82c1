"""The methods of a study that were made elsewhere, each with the id that says what it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.core.files import digest
from asymmetry.core.hash_cache import cached_sha256
from asymmetry.data.photos import Photo, PhotoManifest
from asymmetry.data.restored import Size, restored_photos
from asymmetry.data.sets import evaluation_images, evaluation_reduction
from asymmetry.study import Outside, Study

OUTSIDE = "outside"
Images = Mapping[tuple[str, str], Photo]


@dataclass(frozen=True)
class GeneratorFile:
    """The file of a generator that was made elsewhere, and its sha256 (hex)."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class OutsideMethod:
    """What was `made` elsewhere: restored images by set and image, or the file of a generator.

    The digits of `id` are a digest of their bytes.
    """

    id: str
    name: str
    task: str
    made: Images | GeneratorFile

    def lacking(self, set_name: str, images: Sequence[str]) -> list[str]:
        """Those images of a set that it has not."""
        if isinstance(self.made, GeneratorFile):
            return []
        return [image for image in images if (set_name, image) not in self.made]


def planned_outside(study: Study, manifest: PhotoManifest) -> dict[str, OutsideMethod]:
    """The methods of the study's section `outside` by id, sorted by name: jobs see sorted keys.

    Raises UserError, with a line for each mistake, where a file or folder is missing, an image
    cannot be read or is of another size than its reference, and where no image of a folder has the
    name of one of its set.
    """
    found, mistakes = {}, list[str]()
    for name, method in sorted(study.outside.items()):
        try:
            planned = _planned(study, manifest, name, method)
        except UserError as error:
            mistakes += str(error).splitlines()
        else:
            found[planned.id] = planned
    if mistakes:
        raise UserError("\n".join(mistakes))
    return found


def _planned(study: Study, manifest: PhotoManifest, name: str, method: Outside) -> OutsideMethod:
    if method.file is not None:
        file, key = Path(method.file), f"outside.{name}.file"
        if not file.is_file():
            raise UserError(f"{key}: {file}: there is no such file; check the path")
        made = GeneratorFile(file, cached_sha256([file])[file])
        return OutsideMethod(_id(method.task, name, made.sha256), name, method.task, made)
    images, mistakes = dict[tuple[str, str], Photo](), list[str]()
    for set_name, folder in sorted((method.images or {}).items()):
        key = f"outside.{name}.images.{set_name}"
        references, scale = _sizes(study, set_name, manifest), study.tasks[method.task].scale
        try:
            matched = restored_photos(Path(folder), references, scale)
        except UserError as error:
            mistakes += [f"{key}: {line}" for line in str(error).splitlines()]
        else:
            images |= {(set_name, image): photo for image, photo in matched.items()}
    if mistakes:
        raise UserError("\n".join(mistakes))
    content = digest([[*key, photo.sha256] for key, photo in images.items()])
    return OutsideMethod(_id(method.task, name, content), name, method.task, images)


def _id(task: str, name: str, content: str) -> str:
    return f"{task}/{OUTSIDE}/{name}-{content[:8]}"


def _sizes(study: Study, set_name: str, manifest: PhotoManifest) -> dict[str, Size]:
    """Width and height of each reference of a set, after its reduction as Pillow rounds it."""
    reduce = evaluation_reduction(study, set_name)
    return {
        photo.name: (ceil(photo.width / reduce), ceil(photo.height / reduce))
        for photo in evaluation_images(study, set_name, manifest)
    }
