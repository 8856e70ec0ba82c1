"""The sizes of discriminators, measured once and remembered. Imports no torch until one is new."""

import json
from dataclasses import asdict
from pathlib import Path

from asymmetry.backbones.catalog import BACKBONES, builder_of
from asymmetry.core.files import digest, read_object, write_if_changed
from asymmetry.discriminators.contract import Size
from asymmetry.planning.identity import code_digest, without_places
from asymmetry.study import Discriminator as Spec

CACHE = Path(".asymmetry/discriminators.json")


def size_of(spec: Spec, crop: int) -> Size:
    """The size of the discriminator that `spec` declares, trained on crops of `crop` pixels."""
    known, key = read_object(CACHE), _key(spec, crop)
    if key not in known:
        from asymmetry.discriminators.measure import measure_size

        scratch = spec.model_copy(update={"initialisation": "scratch", "frozen": False})
        known[key] = asdict(measure_size(scratch, crop, spec.frozen))
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
