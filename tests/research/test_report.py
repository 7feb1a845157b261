"""The report says what must be known first, has every picture in words, and needs nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mooring.kit.refused import Refused
from mooring.research import page as pages
from mooring.research.calibrate import given_of
from mooring.research.page import page
from mooring.research.paper import paper
from mooring.research.report import Grid, Heading, Points, Report, Side, report
from mooring.research.study import Study, study
from tests.research.conftest import Run
from tests.research.made_up import people, ticked, written


@pytest.fixture(scope="module")
def made() -> Study:
    """Anxiety and avoidance, one item that women read differently, one that everybody answers alike."""
    measure, _, given, _ = people("ecr-s", 700)
    answers = given + 1.0
    gender = np.where(np.arange(700) % 2, "woman", "man")
    answers[gender == "woman", 2] = np.minimum(answers[gender == "woman", 2] + 2, 7)
    answers[:, 3] = 4
    codes = [item.code for item in measure.items]
    labels = {"gender": gender}
    given_answers = given_of(measure, answers, codes, already_keyed=True, groups=labels, strata=labels)
    return study(given_answers, sample="made <up> & checked", simulated=True)


@pytest.fixture(scope="module")
def told(made: Study) -> Report:
    return report(made, people("ecr-s", 1)[0], {})


def test_what_forbids_its_use_comes_first(told: Report) -> None:
    headings = [block.text for block in told.blocks if isinstance(block, Heading)]
    assert headings[:2] == ["Before you use it", "What it may be used for"]
    warning = next(block for block in told.blocks if isinstance(block, Points) and block.warning)
    assert any("ecrs_4 is left out" in text for text in warning.texts)


def test_an_item_that_works_differently_is_told_and_tabled(made: Study, told: Report) -> None:
    assert any("ecrs_3 works differently by gender" in caution for caution in made.calibration.cautions)
    grids = [block for block in told.blocks if isinstance(block, Grid) and "differently by gender" in block.caption]
    assert [row[-1] for grid in grids for row in grid.rows if row[0] == "ecrs_3"] == ["yes"]


def test_every_number_has_its_error(told: Report) -> None:
    items = next(block for block in told.blocks if isinstance(block, Grid) and block.head[1] == "a")
    assert all(re.fullmatch(r"−?\d+\.\d\d ± \d+\.\d\d", cell) for row in items.rows for cell in row[1:] if cell)


def test_every_picture_is_also_said(told: Report) -> None:
    words = [picture.words for block in told.blocks if isinstance(block, Side) for picture in block.pictures]
    assert len(words) >= 6
    assert all(len(text) > 40 for text in words)


def test_the_page_stands_alone(told: Report) -> None:
    pytest.importorskip("vl_convert", reason="the pictures need vl-convert-python")
    html = page(told)
    assert "made &lt;up&gt; &amp; checked" in html
    assert "<script" not in html
    assert not re.search(r'(src|href)="|url\((?!#)|@import', html)
    assert len(re.findall("<svg", html)) == len(re.findall(r'role="img" aria-label="', html)) >= 6
    # Its colours are the tokens', so that it follows dark mode and print.
    body = html.split("</style>")[1]
    assert "#" not in re.sub(r"url\(#[\w-]+\)|&#\w+;", "", body)


def test_the_paper_can_be_read_aloud(told: Report) -> None:
    pytest.importorskip("vl_convert", reason="the pictures need vl-convert-python")
    pytest.importorskip("typst", reason="the PDF needs typst")
    pdf = paper(told)
    assert pdf.startswith(b"%PDF-")
    # typst refuses what PDF/UA-1 forbids; the mark says that it was asked.
    assert b"pdfuaid" in pdf


def test_without_a_renderer_it_says_how_to_get_one(told: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "mooring.charts.render", None)
    with pytest.raises(Refused, match="pip install vl-convert-python"):
        page(told)
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    with pytest.raises(Refused, match="pip install typst"):
        paper(told)


def test_the_command_writes_all_reports_or_none(tmp_path: Path, mooring: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    measure, _, given, _ = people("distress", 300)
    file = written(ticked(measure, given), tmp_path / "a.csv")
    words = ["calibrate", file, "--instrument", "distress", "--out", tmp_path / "r.json", "--html", tmp_path / "r.html"]

    def broken(*_: object) -> str:
        raise Refused("the pictures", "nothing here can draw them", "pip install vl-convert-python.")

    with monkeypatch.context() as without:
        without.setattr(pages, "drawn", broken)
        assert "nothing here can draw them" in mooring(*words)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith((".r", "r."))]
    pytest.importorskip("vl_convert", reason="the pictures need vl-convert-python")
    mooring(*words)
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (tmp_path / "r.json").exists()


def test_a_column_named_with_marks_is_text(tmp_path: Path, made: Study) -> None:
    pytest.importorskip("typst", reason="the PDF needs typst")
    pytest.importorskip("vl_convert", reason="the pictures need vl-convert-python")
    hostile = {item.code: f'"#[{item.number}]\\ <b>$x$' for item in made.scales[0].items}
    odd = report(made, people("ecr-s", 1)[0], hostile)
    assert paper(odd).startswith(b"%PDF-")
    assert "&lt;b&gt;" in page(odd)
    assert "<b>" not in page(odd)


def test_a_measure_with_one_scale_has_no_word_on_two(tmp_path: Path) -> None:
    measure, _, given, _ = people("distress", 400)
    codes = [item.code for item in measure.items]
    one = study(given_of(measure, given + 1.0, codes, already_keyed=True), sample="made up")
    headings = [block.text for block in report(one, measure, {}).blocks if isinstance(block, Heading)]
    assert "The two dimensions together" not in headings
    assert pl.Series(headings).is_unique().all()
