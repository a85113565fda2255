"""The report of a run: complete, self-contained, everything in it escaped."""

import math
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from fvapp.core import colours
from fvapp.core.documents.papers import printable_sheet_html
from fvapp.core.documents.report import MOST_DRAWINGS, ReportDrawing, write_report
from fvapp.core.results.comparison import settings_as_words
from fvapp.core.results.curves import BlockPoints, LearningCurves
from fvapp.core.runs import KerasError
from fvapp.i18n import Translator
from made_up_runs import CURVES, ENDED

HONG_KONG = Translator("zh-Hant")
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


class Page(HTMLParser):
    """A parser that collects a document's tags, attributes and text and checks that tags close."""

    VOID = frozenset({"meta", "img", "line", "polyline"})

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.attributes = []
        self.words = []
        self._open = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def report(record=ENDED, curves=CURVES, language="en", **more):
    return Page(write_report(record, curves, Translator(language), **more))


def test_the_report_holds_the_result_and_every_setting_in_words(language):
    page = report(language=language)
    assert "85.2%" in page.words
    for label, value in settings_as_words(ENDED.settings, Translator(language)):
        assert label in page.words and value in page.words
    assert ("lang", Translator(language)("language.tag")) in page.attributes


@pytest.mark.parametrize("arithmetic", ["float32", "bfloat16"])
def test_of_a_cnn_the_report_says_in_which_numbers_it_was_trained(arithmetic):
    settings = ENDED.settings.with_values(network="cnn")
    assert arithmetic in report(replace(ENDED, settings=settings, arithmetic=arithmetic)).words
    assert not {"float32", "bfloat16"} & set(report().words)


def test_a_document_of_hong_kong_asks_for_the_characters_of_hong_kong():
    for text in (
        write_report(ENDED, CURVES, HONG_KONG),
        printable_sheet_html("工作紙", "", HONG_KONG),
    ):
        assert '<html lang="zh-Hant-HK">' in text
        assert "'PingFang HK'" in text and "YaHei" not in text and "CJK SC" not in text


def test_curves_are_drawn_for_loss_and_accuracy_without_what_lies_beyond_the_scale():
    page = report()
    # Each of two charts has lines for blocks, training and validation; a gap splits one loss line.
    assert page.tags.count("polyline") == 2 * 3 + 1
    assert all(value != "nan" for _, value in page.attributes)
    blocks = BlockPoints((0.01, 0.02, 0.5, 1.0), (2.2, 1.5, 0.8, 0.6), (0.2, 0.5, 0.7, 0.8))
    drawn = [
        value
        for name, value in report(curves=LearningCurves(blocks)).attributes
        if name == "points"
    ]
    assert [len(points.split()) for points in drawn] == [2, 2]


def test_nothing_is_fetched_and_nothing_runs_and_the_colours_are_those_of_the_charts():
    text = write_report(ENDED, CURVES, Translator("en"), drawings=[ReportDrawing(bytes(784), "7")])
    page = Page(text)
    assert not {"script", "link", "iframe", "object", "base", "form"} & set(page.tags)
    addresses = [
        value for name, value in page.attributes if name in ("src", "href", "srcset", "action")
    ]
    assert addresses and all(value.startswith("data:image/png;base64,") for value in addresses)
    assert "http://" not in text
    assert "https://" not in text
    assert "@import" not in text
    assert "url(" not in text
    assert all(
        f'stroke="{colour}"' in text
        for colour in (colours.TRAINING, colours.VALIDATION, colours.TEST)
    )


@pytest.mark.parametrize(
    "record",
    [
        replace(ENDED, name=EVIL, versions={EVIL: EVIL}),
        replace(ENDED, name=EVIL, result=None, state="failed", error=KerasError(EVIL, EVIL)),
    ],
)
def test_html_in_every_text_stays_text(record):
    page = report(record, drawings=[ReportDrawing(bytes(784), EVIL)])
    assert "script" not in page.tags
    assert not any(name.startswith("on") for name, _ in page.attributes)
    assert EVIL in page.words and ("alt", EVIL) in page.attributes


@pytest.mark.parametrize(
    ("record", "curves"),
    [
        (replace(ENDED, result=None, state="queued"), LearningCurves()),
        (replace(ENDED, result=replace(ENDED.result, test_loss=math.nan)), CURVES),
        (replace(ENDED, epochs=0, created=0, parameters=0), LearningCurves(CURVES.block_points)),
        (ENDED, LearningCurves(BlockPoints((0.5,), (0.5,), (0.5,)))),
        (replace(ENDED, result=None), LearningCurves(BlockPoints((1.0,), (None,), (0.1,)))),
    ],
)
def test_a_run_in_any_state_has_a_report(record, curves):
    page = report(record, curves)
    assert "nan" not in " ".join(value or "" for _, value in page.attributes)


def test_the_last_twelve_drawings_are_shown():
    page = report(
        drawings=[ReportDrawing(bytes(range(256)) * 3 + bytes(16), f"a {n}") for n in range(20)]
    )
    shown = [value for name, value in page.attributes if name == "alt"]
    assert shown == [f"a {n}" for n in range(20 - MOST_DRAWINGS, 20)]
