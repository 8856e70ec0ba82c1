"""A project's folder with parts of its own, for tests in one process."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.core import own_imports, own_parts
from asymmetry.core.own_imports import PARTS
from asymmetry.fidelity import registry
from asymmetry.metrics.contracts import METRICS
from asymmetry.planning import identity, run_settings

LOSS = """
    from pathlib import Path

    from asymmetry.fidelity.contract import Fidelity

    def edges(restored, reference):
        return (restored - reference).diff(dim=3).abs().mean(dim=(1, 2, 3))

    def build(_variant: str, _weights: Path) -> Fidelity:
        return edges
"""
METRIC = """
    from asymmetry.metrics.contracts import Contract

    CONTRACT = Contract("parts.metrics.worst:worst", colour="y", higher_is_better=False)

    def worst(restored, reference):
        return (restored - reference).abs().amax(dim=(1, 2, 3))
"""
BACKBONE = """
    from torch import nn

    from asymmetry.backbones.catalog import BackboneSpec
    from asymmetry.backbones.sequence import SequenceBackbone

    SPEC = BackboneSpec("parts.backbones.halving:halving", {"stages": {"0": (4, 4)}})

    def halving(spec, state):
        body = nn.Sequential(nn.Conv2d(3, 4, 3, stride=4, padding=1))
        return SequenceBackbone(spec, body).load(state)
"""
FIGURE = """
    import pandas as pd
    from matplotlib.figure import Figure

    TITLE = "Nothing"

    def caption(tables, study):
        return "Nothing."

    def numbers(tables, study):
        return pd.DataFrame({"nothing": []})

    def draw(numbers, study):
        return Figure()
"""
EVERY = {
    "fidelity/edges": LOSS,
    "metrics/worst": METRIC,
    "backbones/halving": BACKBONE,
    "figures/nothing": FIGURE,
}


def write_parts(files: dict[str, str], folder: Path = Path(PARTS)) -> None:
    """Write parts: `fidelity/edges` is `parts/fidelity/edges.py`."""
    for name, text in files.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))


@contextmanager
def process_of_its_own() -> Iterator[None]:
    """What parts a process knows is forgotten when this ends, as if another one came."""
    tables = (BACKBONES, METRICS, *own_parts._KNOWN.values())
    before, path = [dict(one) for one in tables], [*sys.meta_path]
    sys.meta_path[:] = [one for one in path if not isinstance(one, own_imports._Finder)]
    _forget()
    try:
        yield
    finally:
        _forget()
        for table, entries in zip(tables, before, strict=True):
            table.clear()
            table.update(entries)
        sys.meta_path[:] = path


def _forget() -> None:
    for parts in own_parts._KNOWN.values():
        for part in parts.values():
            sys.modules.pop(part.module, None)
        parts.clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == PARTS]:
        del sys.modules[name]
    for cached in (own_parts._entered, registry._names, identity._code):
        cached.cache_clear()
    for cached in (run_settings._plain_metric, run_settings._plain_backbone):
        cached.cache_clear()
