"""H5: a patch head against a vanilla one, on the same backbone, fidelity loss and weight."""

import numpy as np
import pandas as pd

from asymmetry.analysis.contrast import contrast, enough_seeds
from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import Finding, family, sentences, with_contrast
from asymmetry.analysis.hypotheses.evidence import Evidence

ID = "H5"
CLAIM = "A patch-level discriminator is better than a vanilla one"
SOURCE = "P"
SILENT = (
    "The measure of better is not public. Here: the effect, on pairs that differ in the head alone."
)
TABLES = ("runs", "scores")
UNIT = "pairs of settings"
ASSUMED = 0.5
POWER = f"at a true difference of {ASSUMED} z-scores, Student's t with the interval's own error"
EVERY = "every backbone"
_TRUNK = ["backbone", "initialisation", "frozen"]


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for all backbones together, and one for each, of each task, generator and set."""
    return [one for effects in evidence.effects for one in _of(effects)]


def _of(effects: Effects) -> list[Finding]:
    pairs = pairs_of_heads(effects)
    if pairs.empty:
        return []
    trunks = [
        _finding(effects, of_trunk, ", ".join(map(str, filter(None, name))))
        for name, of_trunk in pairs.groupby(_TRUNK, sort=False)
        if isinstance(name, tuple)
    ]
    together = _finding(effects, pairs, EVERY)
    return [*family([together]), *family(trunks)]


def pairs_of_heads(effects: Effects) -> pd.DataFrame:
    """The rows of both heads (`patch`, `vanilla`) in the table, for each trunk, loss and weight."""
    done = effects.settings[effects.settings["value"].notna()].reset_index()
    trunk = done.reindex(columns=_TRUNK)
    # A frozen trunk is another trunk; where a table does not say, it is not frozen.
    done[_TRUNK] = trunk.assign(frozen=trunk["frozen"].eq(True).map({True: "frozen", False: ""}))
    keys = [*_TRUNK, "fidelity", "adversarial_weight"]
    done = done[done["head"].isin(["patch", "vanilla"])]
    wide = done.pivot_table(index=keys, columns="head", values="index", aggfunc="first", sort=False)
    return wide.reindex(columns=["patch", "vanilla"]).dropna().astype(int).reset_index()


def _finding(effects: Effects, pairs: pd.DataFrame, name: str) -> Finding:
    terms = np.zeros((len(pairs), len(effects.settings)))
    rows = np.arange(len(pairs))
    terms[rows, pairs["patch"]], terms[rows, pairs["vanilla"]] = 1, -1
    found = contrast(effects, terms, np.ones(len(pairs)))
    finding = Finding(
        effects.scope,
        name,
        "mean paired difference of the effect, patch minus vanilla",
        n=len(pairs),
        coverage=effects.coverage,
        note=sentences(
            enough_seeds(found.seeds),
            "" if name == EVERY else "p: Holm over the backbones.",
            "The heads differ in the number of logits and in receptive field as well.",
        ),
    )
    return with_contrast(finding, found, ASSUMED)
