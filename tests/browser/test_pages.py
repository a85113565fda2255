"""Every page on a phone, in dark mode and in Chinese is complete, in one language, and fits."""

import urllib.error
import urllib.request

import pytest

from chinese_text import gaps, latin_words
from fvapp.core.glossary import WORDS
from fvapp.core.missions import MISSIONS
from fvapp.i18n import Translator
from fvapp.ui.parts.page_table import PAGES

PATHS = [page.url_path for page in PAGES.values()]
FADING = """[...document.querySelectorAll(".stElementContainer, .stExpander summary")]
    .filter((each) => getComputedStyle(each).transitionDuration !== "0s").length"""
IMAGE_TEXTS = "all => all.map(image => image.alt)"
PAPERS = ["missions?part=glossary"]


@pytest.mark.parametrize(
    ("locale", "language", "width", "colours", "paths"),
    [
        ("zh-HK", "zh-Hant", 380, "dark", PATHS),
        pytest.param("zh-CN", "zh-Hans", 1280, "light", PATHS + PAPERS, marks=pytest.mark.long),
        pytest.param(
            "zh-HK",
            "zh-Hant",
            380,
            "light",
            PAPERS + [f"missions?mission={mission.short_name}" for mission in MISSIONS.values()],
            marks=pytest.mark.long,
        ),
    ],
)
def test_a_page_fits_speaks_the_browsers_language_alone_and_asks_for_nothing_that_is_missing_or_elsewhere(
    visit, server, locale, language, width, colours, paths
):
    visitor = visit(None, width=width, locale=locale, color_scheme=colours)
    page = visitor.page
    answers = []
    page.on("response", lambda answer: answers.append((answer.url, answer.status)))
    for path in paths:
        visitor.open(f"/{path}")
        page.wait_for_function("document.querySelectorAll('[data-stale=\"true\"]').length === 0")
        assert page.evaluate(FADING) == 0
        assert (
            page.locator("h1").inner_text().strip()
            and page.locator('[data-testid="stException"]').count() == 0
        )
        assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width, path
        assert all(page.locator('[data-testid="stImage"] img:visible').evaluate_all(IMAGE_TEXTS))
        assert visitor.find("language").locator("input").input_value() == Translator(language)(
            "language.name"
        )
        assert language == "en" or latin_words(page) == {}, path
        assert gaps(page) == [], path
    assert len(answers) > len(paths) and [each for each in answers if each[1] >= 400] == []
    assert [url for url, _ in answers if not url.startswith((server.url, "data:", "blob:"))] == []


def test_the_walk_sees_what_stands_in_a_component_and_what_is_not_chinese(visit):
    visitor = visit("/missions?part=glossary", locale="zh-HK", color_scheme="dark")
    t = Translator("zh-Hant")
    visitor.page.wait_for_function(
        f"[...document.querySelectorAll('.st-key-glossary *')].filter(e => e.shadowRoot?.querySelector('svg')).length"
        f" >= {len(WORDS)} || document.querySelectorAll('.st-key-glossary svg title').length >= {len(WORDS)}"
    )
    assert t("glossary.relu.name") in visitor.find("glossary").inner_text()
    visitor.page.evaluate("document.querySelector('h1').append('Untranslated')")
    assert "Untranslated" in latin_words(visitor.page)


def test_the_proxy_would_have_noticed(proxy):
    address = f"http://127.0.0.1:{proxy.server_port}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": address}))
    with pytest.raises(urllib.error.HTTPError) as refused:
        opener.open("http://example.org/")
    refused.value.close()
    assert refused.value.code == 403 and proxy.asked == ["GET http://example.org/"]
    proxy.asked.clear()
