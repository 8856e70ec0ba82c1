"""Pages from their templates."""

import re
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from asymmetry.core.usage import duration
from asymmetry.figures.parts import p_in_words
from asymmetry.report.claims import SIGNS
from asymmetry.report.opening import anchor
from asymmetry.report.words import interval, number

_SYNTAX = re.compile(r"[\\`*_|<{%#]")  # of reStructuredText, and of Jinja


def render(template: str, **values: object) -> str:
    """A page from its template; a table may hold any character, so everything is escaped."""
    environment = Environment(
        loader=PackageLoader("asymmetry.report"), autoescape=_is_html, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"number": number, "interval": interval, "p": p_in_words}
    environment.filters |= {"duration": duration, "anchor": anchor, "rst": rst}
    environment.globals |= {"asset": _asset, "signs": SIGNS}
    return environment.get_template(template).render(**values)


def rst(text: object) -> str:
    r"""Plain text as reStructuredText, inside what Snakemake reads as a template of its own.

    >>> print(rst("psnr_y {{ 1 }}"))
    psnr\_y \{\{ 1 }}
    """
    return _SYNTAX.sub(r"\\\g<0>", str(text))


def _is_html(template: str | None) -> bool:
    return template is None or not template.endswith(".rst")


def _asset(name: str) -> Markup:
    """The text of a style or script of this package, which is not escaped."""
    return Markup((files("asymmetry.report") / "assets" / name).read_text("utf-8"))
