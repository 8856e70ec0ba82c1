"""The sizes of discriminators, each measured once. Imports no torch until one is new."""

from dataclasses import asdict

from asymmetry.backbones.catalog import BACKBONES, builder_of
from asymmetry.core.cache import Cache
from asymmetry.core.files import STATE, canonical_json, digest
from asymmetry.discriminators.contract import Size
from asymmetry.planning.identity import code_digest, without_places
from asymmetry.study import Discriminator as Spec

CACHE = STATE / "discriminators.json"


def size_of(spec: Spec, crop: int) -> Size:
    """The size of the discriminator that `spec` declares, trained on crops of `crop` pixels."""
    key = canonical_json({"discriminator": spec.model_dump(mode="json"), "crop": crop}).decode()
    version = _version(spec)
    with Cache(CACHE) as cache:
        if known := cache.get(key, version):
            return Size(**known)
        from asymmetry.discriminators.measure import measure_size

        scratch = spec.model_copy(update={"initialisation": "scratch", "frozen": False})
        size = measure_size(scratch, crop, spec.frozen)
        cache.put(key, version, asdict(size))
        return size


def _version(spec: Spec) -> str:
    """The digest of what may change a size, beside what the study declares."""
    roots = ["asymmetry.discriminators.measure:measure_size", builder_of(spec.backbone)]
    backbone = without_places(asdict(BACKBONES[spec.backbone]))
    return digest({"backbone": backbone, "code": code_digest(roots)})
