"""The names of the pages, and the digest of their templates. Imports nothing heavy."""

from importlib.resources import files

from asymmetry.core.files import digest

PAGES = ("index.html", "compare.html", "compare-data.js")
_FOLDERS = ("templates", "assets")


def sources_digest() -> str:
    """The sha256 (hex) of the templates, styles and scripts, which no code digest sees."""
    folders = [files("asymmetry.report") / folder for folder in _FOLDERS]
    texts = {file.name: file.read_text("utf-8") for folder in folders for file in folder.iterdir()}
    return digest(texts)
