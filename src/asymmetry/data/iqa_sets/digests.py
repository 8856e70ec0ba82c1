"""What identifies the content of an IQA set. Imports no torch, and decodes no image."""

from asymmetry.core.files import digest
from asymmetry.core.hash_cache import cached_sha256
from asymmetry.data.iqa_sets.scores import written_scores
from asymmetry.data.photos import PhotoManifest
from asymmetry.study import SeveritySet, Study


def iqa_set_digest(study: Study, set_name: str, photos: PhotoManifest) -> str:
    """The sha256 (hex) of what the set declares and of its images' bytes; no paths in it.

    Which images show the same follows from these bytes and from the code that is digested beside
    them. Raises UserError as `written_scores`.
    """
    declared = study.iqa_sets[set_name]
    if isinstance(declared, SeveritySet):
        return digest(
            {
                "set": declared.model_dump(mode="json"),
                "photos": [photos.digest("train"), photos.digest("evaluation")],
                "reduce": study.photos.reduce,
            }
        )
    scores = written_scores(set_name, declared)
    files = sorted({file for row in scores.rows for file in (row.image, row.reference) if file})
    digests = cached_sha256(files)
    return digest(
        {
            "higher_is_better": scores.higher_is_better,
            "rows": [
                [row.name, row.content, row.kind, row.score, row.held_out, digests[row.image]]
                + ([digests[row.reference]] if row.reference else [])
                for row in scores.rows
            ],
        }
    )
