"""Metrics that a study borrows from pyiqa by name: their contracts. Imports no torch.

Direction, range and whether a reference is needed are pyiqa's own words. Each is computed on RGB,
rounded to 8 bits, without a crop, as for the learned metrics of this package.
"""

from dataclasses import dataclass

from asymmetry.backbones.families import family_of
from asymmetry.metrics.contracts import Contract
from asymmetry.metrics.pyiqa_catalog import LANGUAGE_MODELS, Entry, catalog

CHANGES_NUMBERS = False

MEASURE = "asymmetry.metrics.borrowed_network:build"
# The family of the network inside, by its class; where options name it, by that option.
_FAMILIES = {
    **dict.fromkeys(("AHIQ", "MANIQA", "MUSIQ"), "vit"),
    **dict.fromkeys(
        ("AFINE", "CLIPIQA", "FGResQ", "LAIONAes", "LIQE", "MACLIP", "QualiCLIP"), "clip"
    ),
    **dict.fromkeys(
        ("ARNIQA", "CKDN", "HyperNet", "MetaIQA", "PAQ2PIQ", "TReS", "UNIQUE"), "resnet"
    ),
    **dict.fromkeys(("DBCNN", "DISTS", "DMM", "DeepDC"), "vgg"),
    "QAlign": "llama",
    "QReAlign": "qwen",
}
_NAMED_BY = ("net", "base_model_name", "semantic_model_name")
_OF_OPTION = {"alex": "alexnet", "inception_resnet_v2": "inception"}
# Without a network that has learned anything.
_FORMULAS = {
    *("SSIM", "MS_SSIM", "CW_SSIM", "PSNR", "FSIM", "VIF", "GMSD", "NLPD", "VSI", "MAD", "PIQE"),
    *("NIQE", "ILNIQE", "BRISQUE", "NRQM", "PI", "Entropy"),
}
_SMALLEST = {"LIQE": 224, "MS_SSIM": 176, "NIQE": 192, "PI": 192}


@dataclass(frozen=True)
class Borrowed(Contract):
    """The contract of a metric of pyiqa.

    `pyiqa`: its name there. `score_range`: its values, in pyiqa's words (`~` is about).
    `draws`: how often an image is judged, by draws of its own; the value is their mean.
    """

    pyiqa: str = ""
    score_range: str = ""
    draws: int = 1

    @property
    def needs_weights(self) -> bool:
        """True: what a metric of pyiqa fetches is known once its lock is written."""
        return True

    @property
    def part(self) -> str:
        """What its weights are called in the lock."""
        return f"pyiqa:{self.pyiqa}"

    @property
    def convention(self) -> str:
        """The convention in words, with the version of pyiqa."""
        from importlib.metadata import version

        words = super().convention.removeprefix("asymmetry")
        drawn = f", mean of {self.draws} draws" if self.draws > 1 else ""
        return f"pyiqa {version('pyiqa')} {self.pyiqa}{words}, in {self.score_range}{drawn}"


def borrow(pyiqa: str, backbone: str | None = None, draws: int | None = None) -> Borrowed:
    """The contract of the metric that pyiqa calls `pyiqa`.

    `backbone`: the family of the network inside it, where this package does not know its class.
    `draws`: 3 of a language model, 1 of any other, if None.
    """
    entry = catalog()[pyiqa]
    return Borrowed(
        MEASURE,
        "rgb",
        entry.higher_is_better,
        entry.full_reference,
        minimum_side=_SMALLEST.get(entry.cls, 32),
        backbone=backbone or _family(entry),
        pyiqa=pyiqa,
        score_range=entry.score_range,
        draws=draws or (3 if entry.cls in LANGUAGE_MODELS else 1),
    )


def _family(entry: Entry) -> str | None:
    """The family of the network inside; one of its own where it is not known."""
    if entry.cls in _FORMULAS:
        return None
    for option in _NAMED_BY:
        if option in entry.options:
            name = entry.options[option]
            return _OF_OPTION.get(name) or family_of(name)
    return _FAMILIES.get(entry.cls, entry.cls.lower())
