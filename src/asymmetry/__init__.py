"""Does a metric that predicts human opinion make a good loss?

`open_study`, `metric`, `loss`, `UserError` and `__version__` are the stable surface. Each is
imported when it is first used: `import asymmetry` alone loads neither torch nor pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asymmetry.api.measures import loss, metric
    from asymmetry.api.results import open_study
    from asymmetry.core.errors import UserError

    __version__: str

_PLACES = {
    "UserError": "asymmetry.core.errors",
    "loss": "asymmetry.api.measures",
    "metric": "asymmetry.api.measures",
    "open_study": "asymmetry.api.results",
}
__all__ = ["UserError", "__version__", "loss", "metric", "open_study"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("asymmetry")
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'asymmetry' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
