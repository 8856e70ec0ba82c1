"""Whether networks of timm serve as trunks, each tried once. Imports no torch until one is new."""

from importlib.metadata import version

from asymmetry.core.cache import Cache
from asymmetry.core.files import STATE
from asymmetry.planning.identity import code_digest

CACHE = STATE / "trunks.json"
_EXAMINE = "asymmetry.backbones.timm_trunk:examine"


def trunk_problem(network: str) -> str | None:
    """What is against a network of timm as a trunk; None where nothing is."""
    now = [code_digest([_EXAMINE]), version("timm")]
    with Cache(CACHE) as cache:
        if (known := cache.get(network, now)) is None:
            from asymmetry.backbones.timm_trunk import examine

            known = examine(network) or ""
            cache.put(network, now, known)
        return known or None
