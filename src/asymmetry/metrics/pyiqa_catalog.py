"""The metrics that pyiqa has, by its own registry, read as plain data: pyiqa is not imported."""

import ast
import importlib.util
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

CHANGES_NUMBERS = False


class Entry(NamedTuple):
    """What pyiqa says of a metric: the class of its network and options, range and direction."""

    cls: str
    options: dict[str, Any]
    full_reference: bool
    higher_is_better: bool
    score_range: str


# Judges that speak: they choose among words for levels of quality.
LANGUAGE_MODELS = {"QAlign", "QReAlign"}
# What transformers loads from the hub, by the class of the network and its option `model`.
_REPOSITORIES: dict[tuple[str, str | None], tuple[str, ...]] = {
    ("FGResQ", None): ("openai/clip-vit-base-patch16",),
    ("QAlign", None): ("q-future/one-align",),
    ("QReAlign", "mini"): ("q-future/Q-ReAlign-Mini-0.8B",),
    ("QReAlign", "lite"): ("q-future/Q-ReAlign-Lite-4B",),
    ("QReAlign", "pro"): ("q-future/Q-ReAlign-Pro-9B",),
}
# Why some are no metric of one image, by the class of their network.
_NOT_OF_AN_IMAGE = {
    "FID": "compares two sets of images",
    "InceptionScore": "measures a set of images",
    "CLIPScore": "compares an image with a caption",
    "Compare2Score": "compares with pictures that it loads from a data set on a hub",
}
_SEVERAL = {"fgresq_pair": "gives several numbers"}


@cache
def catalog() -> dict[str, Entry]:
    """Every metric of the installed pyiqa by its name."""
    spec = importlib.util.find_spec("pyiqa")
    assert spec
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0])
    tree = ast.parse((folder / "default_model_configs.py").read_text("utf-8"))
    (configs,) = (
        node.value.args[0]
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and "DEFAULT_CONFIGS" in {target.id for target in node.targets if hasattr(target, "id")}
    )
    return {name: _entry(config) for name, config in ast.literal_eval(configs).items()}


def not_usable(name: str) -> str | None:
    """Why a metric of pyiqa gives no number for an image and its reference; None where it does."""
    return _SEVERAL.get(name) or _NOT_OF_AN_IMAGE.get(catalog()[name].cls)


def repositories(entry: Entry) -> tuple[str, ...]:
    """The repositories of a hub with networks that a metric loads whole."""
    return _REPOSITORIES.get((entry.cls, entry.options.get("model")), ())


def _entry(config: dict[str, Any]) -> Entry:
    options = dict(config["metric_opts"])
    return Entry(
        options.pop("type"),
        options,
        config["metric_mode"] == "FR",
        not config.get("lower_better", False),
        config["score_range"],
    )
