"""The names of the pages, and the digest of their templates. Imports nothing heavy."""

from collections.abc import Iterable
from importlib.resources import files

from asymmetry.core.files import digest

PAGES = ("index.html", "compare.html", "compare-data.js")
# A folder of the results for Snakemake's own report, and the first page in it.
FOR_SNAKEMAKE, LANDING = "report", "landing.rst"
_FOLDERS = ("templates", "assets")


def for_snakemake(figures: Iterable[str]) -> list[str]:
    """The files for Snakemake's own report, from the folder of results."""
    own = [f"{name}.{kind}" for name in figures for kind in ("html", "rst")]
    return [f"{FOR_SNAKEMAKE}/{name}" for name in [LANDING, *own]]


def sources_digest() -> str:
    """The sha256 (hex) of the templates, styles and scripts, which no code digest sees."""
    folders = [files("asymmetry.report") / folder for folder in _FOLDERS]
    texts = {file.name: file.read_text("utf-8") for folder in folders for file in folder.iterdir()}
    return digest(texts)
