import json
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.registry import load_hypotheses
from asymmetry.figures import write
from asymmetry.figures.registry import figure_names, load_figure
from asymmetry.figures.write import draw
from asymmetry.report import build
from asymmetry.report.build import write_report
from asymmetry.study import read_study
from asymmetry.tables.read import load_tables
from tests.synthetic_tables import WARM, analysed_study, make_runs, make_study, write_tables

VOID = {"meta", "img", "input", "br", "link"}


class Page(HTMLParser):
    """Links and words of a page; checks that tags close in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.links, self.words = [], [], []
        self.feed(text)
        assert not self.open

    @property
    def files(self):
        """The names of the files that it links to or shows."""
        outside = [link for link in self.links if not link.startswith(("#", "data:"))]
        return {unquote(urlsplit(link).path) for link in outside}

    def handle_starttag(self, tag, attrs):
        self.links += [value for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def page_of(study, results):
    write_report(study, results)
    return Page((results / "index.html").read_text(encoding="utf-8"))


def test_warm_starts_of_discriminators_are_runs_without_images(tmp_path):
    study, tables = analysed_study(tmp_path)
    name = WARM.replace("warm-start/", "warm-start/vgg-patch/")
    begun = tables.runs.iloc[[1]].assign(
        run=name, kind="discriminator-warm-start", fidelity=None, discriminator="vgg-patch"
    )
    write_tables(tmp_path, runs=pd.concat([tables.runs, begun], ignore_index=True))
    words = " ".join(" ".join(page_of(study, tmp_path).words).split())
    assert "All 24 runs" in words
    assert "warm starts of discriminators cpu 1 18" in words
    assert name not in (tmp_path / "compare-data.js").read_text(encoding="utf-8")
    changed = load_tables(tmp_path)
    figure = load_figure("perception_distortion")
    assert name not in set(figure.numbers(changed, study)["run"])
    assert str(changed.coverage) == str(tables.coverage)


def test_page_shows_figures_claims_and_runs_without_network(tmp_path, monkeypatch):
    study, tables = analysed_study(tmp_path)
    monkeypatch.setattr(write, "_saved", lambda figure, kind: kind.encode())  # links are followed
    draw(study, figure_names(), tmp_path)
    page = page_of(study, tmp_path)
    assert all((tmp_path / name).is_file() for name in page.files)
    drawn = {f"figures/{name}.{kind}" for name in figure_names() for kind in ("svg", "csv")}
    assert drawn <= page.files
    words = " ".join(" ".join(page.words).split())
    assert "19 of 21 cells done, 1 diverged, 1 missing" in words
    assert "at step 42 (adversarial)" in words
    assert "This design cannot decide it on 3 losses, too few to decide" in words
    assert "severity ranks (not opinion scores)" in words
    assert "0.50 (no interval), p = 1, n = 3 losses" in words
    assert "Diverged, collapsed or missing: 2 of 23 runs" in words
    assert "2 of 6 games were played (2 chance, 2 perfect)" in words
    assert "vit-patch bicubic-x4 compact-tiny 0.01 0.500 0.520 0.470 chance 0 of 2" in words
    assert "adversarial_weights:" in words
    assert "How often such verdicts are wrong Measured on simulated studies" in words
    assert "and not of this study" in words
    for run in tables.runs["run"]:
        assert run in words


def test_the_first_words_are_the_question_and_the_answer(tmp_path):
    study, _ = analysed_study(tmp_path)
    words = " ".join(" ".join(page_of(study, tmp_path).words).split())
    places = [
        words.index(text) for text in ("make a good loss?", "The answer so far", "cells planned")
    ]
    assert places == sorted(places)


def test_a_claim_carries_its_source_power_and_robustness(tmp_path):
    study, _ = analysed_study(tmp_path)
    words = " ".join(" ".join(page_of(study, tmp_path).words).split())
    for module in load_hypotheses():
        assert f"{module.ID}: {module.CLAIM}" in words
        assert f"{module.SILENT} Power: {module.POWER}." in words
    assert "Source: P, the paper's own abstract." in words
    assert "n = 3 losses, power 0.00" in words
    assert "0.50 to 0.50 without one of 2, no sign changes" in words
    assert "by the snapshot at 10 %" in words


def test_the_answer_is_that_of_the_first_two_claims(tmp_path):
    study, _ = analysed_study(tmp_path)
    words = " ".join(" ".join(page_of(study, tmp_path).words).split())
    head = words[: words.index("cells planned")]
    assert ("– H1:" in head, "– H2:" in head, "– H3:" in head) == (True, True, False)


def test_the_study_on_the_page_is_the_study(tmp_path):
    study, _ = analysed_study(tmp_path / "results")
    page = page_of(study, tmp_path / "results")
    text = next(words for words in page.words if words.startswith("results:"))
    (tmp_path / "again.yaml").write_text(text, encoding="utf-8")
    assert read_study(tmp_path / "again.yaml") == study


def test_same_tables_same_page(tmp_path):
    study, _ = analysed_study(tmp_path)
    assert (
        len({(write_report(study, tmp_path), (tmp_path / "index.html").read_bytes()) for _ in "ab"})
        == 1
    )


def test_page_of_nothing_says_what_to_do(tmp_path):
    words = " ".join(page_of(make_study(tmp_path), tmp_path).words)
    assert "No figures yet" in words
    assert "No claims yet" in words


def test_names_are_escaped(tmp_path):
    attack = "<script>alert(1)</script>"
    runs = make_runs()
    runs.loc[0, "run"] = attack
    write_tables(tmp_path, runs=runs)
    (tmp_path / "figures").mkdir()
    record = {"name": "heat_map", "title": attack, "caption": f'"{attack}', "commit": attack}
    record |= {"cells": {attack: attack}}
    (tmp_path / "figures/heat_map.json").write_text(json.dumps(record))
    (tmp_path / "figures/heat_map.svg").touch()
    page_of(make_study(tmp_path), tmp_path)
    assert attack not in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert attack not in (tmp_path / "compare.html").read_text(encoding="utf-8")
    assert attack not in (tmp_path / "report/heat_map.html").read_text(encoding="utf-8")


def test_the_page_sums_device_hours(tmp_path):
    runs = make_runs().drop(columns=["device", "device_seconds", "mean_utilisation"])
    runs.loc[:3, "device"] = ["NVIDIA H200", "NVIDIA H200", "cpu", None]
    runs.loc[:2, "device_seconds"] = [3600.0, 7920.0, 1440.0]
    runs.loc[:1, "mean_utilisation"] = [0.5, 0.8]
    write_tables(tmp_path, runs=runs)
    words = " ".join(" ".join(page_of(make_study(tmp_path), tmp_path).words).split())
    assert "3.2 on NVIDIA H200 (mean utilisation 71 %), 0.40 on cpu" in words


def test_runs_without_a_record_of_their_device_make_a_page(tmp_path):
    write_tables(tmp_path, runs=make_runs().assign(device=None, device_seconds=np.nan))
    words = page_of(make_study(tmp_path), tmp_path).words
    assert "Device hours of training: none" in words


def test_the_page_says_which_sets_share_contents(tmp_path, monkeypatch):
    study, _ = analysed_study(tmp_path)
    assert "share contents" not in " ".join(page_of(study, tmp_path).words)
    lines = ["evaluation set 'mine': 4 of its 6 images show training photos", "a <b> line"]
    monkeypatch.setattr(build, "overlap_lines", lambda study, plan: lines)
    page = page_of(study, tmp_path)
    words = " ".join(" ".join(page.words).split())
    assert all(line in words for line in lines)
    assert "#overlaps" in page.links
    # Behind the link, before what the study's sets are.
    assert words.index(lines[0]) < words.index("evaluation sets")
