"""Everything in Chinese: no page shows Latin words but names and code."""

from __future__ import annotations

import pytest

from chinese_text import latin_words
from fvapp.core.glossary import WORDS
from fvapp.core.lessons import MISSIONS
from fvapp.i18n import Translator
from fvapp.ui.pages import PAGES

ALL = [*(page.path for page in PAGES), "lessons?part=glossary", "lessons?part=teacher"]


@pytest.mark.parametrize(
    ("locale", "paths"),
    [
        ("zh-CN", ALL[:2]),
        pytest.param("zh-CN", ALL, marks=pytest.mark.long),  # the missions are walked in test_missions
        pytest.param(
            "zh-HK", ALL + [f"lessons?mission={one.mark}" for one in MISSIONS.values()], marks=pytest.mark.long
        ),
    ],
)
def test_pages_and_papers_are_chinese_throughout(visit, locale, paths):
    visitor = visit("/", locale=locale)
    found = {}
    for path in paths:
        visitor.open(f"/{path}")
        visitor.page.wait_for_function("document.querySelectorAll('[data-stale=\"true\"]').length === 0")
        if words := latin_words(visitor.page):
            found[path] = words
    assert found == {}, found


def test_the_walk_sees_what_stands_in_a_component_and_what_is_not_chinese(visit):
    visitor = visit("/lessons?part=glossary", locale="zh-CN")
    t = Translator("zh-Hans")
    visitor.page.wait_for_function(
        f"[...document.querySelectorAll('.st-key-glossary *')].filter(e => e.shadowRoot?.querySelector('svg')).length"
        f" >= {len(WORDS)} || document.querySelectorAll('.st-key-glossary svg title').length >= {len(WORDS)}"
    )
    assert t("glossary.relu.name") in visitor.find("glossary").inner_text()
    visitor.page.evaluate("document.querySelector('h1').append('Untranslated')")
    assert "Untranslated" in latin_words(visitor.page)
