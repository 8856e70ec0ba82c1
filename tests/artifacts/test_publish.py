"""The published studies in Git. How one is written is tested on a real one, in workflow."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.conftest import ROOT
from tests.report.test_build import Page

PAGES = sorted((ROOT / "published").glob("*/index.html"))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.parent.name)
def test_every_link_of_a_published_page_leads_to_a_file(page: Path):
    for path in (page, page.with_name("compare.html")):
        for link in Page(path.read_text(encoding="utf-8")).links:
            name = unquote(urlsplit(link).path)
            assert link.startswith("data:") or not name or (page.parent / name).is_file(), link
