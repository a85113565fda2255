"""Every page on every screen: nothing breaks, nothing sticks out, everything has a name."""

from __future__ import annotations

import pytest

from fvapp.i18n import Translator
from fvapp.ui.pages import PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize(
    ("width", "color_scheme", "locale"),
    [(380, "dark", "zh-CN"), pytest.param(1280, "light", "en-GB", marks=pytest.mark.long)],  # in test_axe this one fits
)
def test_a_page_fits_its_screen_and_speaks_the_browsers_language(visit, page, width, color_scheme, locale):
    complaints = []
    visitor = visit(None, width=width, locale=locale, color_scheme=color_scheme)
    visitor.page.on("pageerror", lambda error: complaints.append(str(error)))
    visitor.open(f"/{page.path}")
    t = Translator("zh-Hans" if locale == "zh-CN" else "en")
    assert visitor.page.locator("h1").inner_text().strip()
    assert visitor.page.locator('[data-testid="stException"]').count() == 0
    assert visitor.page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
    images = visitor.page.locator('[data-testid="stImage"] img').evaluate_all("all => all.map(image => image.alt)")
    assert all(images)
    assert visitor.find("language").locator("input").input_value() == t("language.name")
    assert not complaints
