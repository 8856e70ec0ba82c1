"""What Snakemake's own report shows of a study."""

import re
from html import unescape

import pytest
from docutils.core import publish_parts
from jinja2 import Environment

from asymmetry.figures import write
from asymmetry.figures.registry import drawn_figures
from asymmetry.figures.write import draw
from asymmetry.report.build import write_report
from asymmetry.report.figures import figures
from asymmetry.report.render import rst
from asymmetry.report.sources import for_snakemake
from tests.synthetic_tables import analysed_study

HOSTILE = "{{ 7 * 7 }} {% if x %} psnr_ |x| *a* `b`_ <http://c>_ \\ d"


def shown(text: str) -> str:
    """The words of a caption, as Snakemake makes them: by Jinja, then by docutils."""
    body = publish_parts(Environment().from_string(text).render(), writer_name="html")["body"]
    assert "system-message" not in body
    return " ".join(unescape(re.sub(r"<[^>]+>", "", body)).split())


def test_any_words_come_through_as_they_are():
    assert shown(rst(HOSTILE)) == HOSTILE


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of results of the small study, with two figures, and what is behind these."""
    folder = tmp_path_factory.mktemp("results")
    study, tables = analysed_study(folder)
    with pytest.MonkeyPatch.context() as patch:
        saved = write._saved
        patch.setattr(write, "_saved", lambda f, kind: saved(f, kind) if kind == "svg" else b"")
        draw(study, ["heat_map", "crops"], folder)
    write_report(study, folder)
    return folder, figures(folder, tables.runs)


def test_captions_are_those_of_the_page(written):
    folder, behind = written
    assert [one["name"] for one in behind] == ["heat_map", "crops"]
    for one in behind:
        assert shown((folder / f"report/{one['name']}.rst").read_text()) == one["caption"]
        page = unescape((folder / f"report/{one['name']}.html").read_text())
        assert one["title"] in page
        assert one["caption"] in page


def test_a_figure_has_all_in_it_and_leads_nowhere(written):
    folder, _ = written
    for name, shows in {"heat_map": 'class="mark"', "crops": "data:image/svg+xml;base64,"}.items():
        page = (folder / f"report/{name}.html").read_text()
        assert shows in page
        assert re.findall(r'(?<!xlink:)\b(?:href|src)="(?!#|data:)[^"]*"', page) == []


def test_the_first_page_has_the_answer_and_every_figure(written):
    folder, behind = written
    links = [f"_{one['name']}.html: javascript:x" for one in behind]
    links += [f"_{name}: javascript:x" for name in ("Claims", "Figures", "Study")]
    added = "".join(f"\n.. {link}" for link in links)  # as Snakemake adds them
    words = shown((folder / "report/landing.rst").read_text() + f"\n{added}\n")
    assert "This design cannot tell, " in words
    assert "19 of 21 cells done" in words
    assert [one["title"] in words for one in behind] == [True, True]


def test_what_the_workflow_expects_is_what_is_written(written):
    folder, behind = written
    expected = for_snakemake([one["name"] for one in behind])
    assert {f"report/{path.name}" for path in (folder / "report").iterdir()} == set(expected)
    assert "power" in drawn_figures(folder)  # known, and not drawn yet: it has no page
