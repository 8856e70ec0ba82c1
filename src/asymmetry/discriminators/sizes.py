"""The sizes of discriminators, measured once and remembered. Imports no torch until one is new."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from asymmetry.backbones.catalog import BACKBONES, builder_of
from asymmetry.files import digest, read_object, write_if_changed
from asymmetry.identity import code_digest, without_places
from asymmetry.study import Discriminator as Spec

CHANGES_NUMBERS = False
CACHE = Path(".asymmetry/discriminators.json")


@dataclass(frozen=True)
class Size:
    """The parameters that the logits depend on, of these the trained ones, and the field of one.

    `receptive_field` is in pixels a side: what one logit sees of a training's crop.
    """

    parameters: int
    trained_parameters: int
    receptive_field: int


def size_of(spec: Spec, crop: int) -> Size:
    """The size of the discriminator that `spec` declares, trained on crops of `crop` pixels."""
    known, key = read_object(CACHE), _key(spec, crop)
    if key not in known:
        from asymmetry.discriminators.measure import measure_size

        known[key] = asdict(measure_size(spec, crop))
        write_if_changed(CACHE, json.dumps(known, sort_keys=True, indent=0).encode())
    return Size(**known[key])


def _key(spec: Spec, crop: int) -> str:
    roots = ["asymmetry.discriminators.measure:measure_size", builder_of(spec.backbone)]
    return digest(
        {
            "discriminator": spec.model_dump(mode="json"),
            "backbone": without_places(asdict(BACKBONES[spec.backbone])),
            "crop": crop,
            "code": code_digest(roots),
        }
    )
