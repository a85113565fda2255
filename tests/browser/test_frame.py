"""What stands around a page: its bar, a phone's tabs, what the browser's own tab says, and a lost connection."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from fvapp.i18n import Translator
from fvapp.ui.pages import PAGES
from visitor import box_of

EN, ZH = Translator("en"), Translator("zh-Hans")
SHOWN = tuple(page for page in PAGES if page.name != "classroom")  # that one only for who is in a class
TABS, REST = SHOWN[:4], SHOWN[4:]
LOST = ".st-key-connection [role=alert]"


def top(visitor, selector: str) -> float:
    return box_of(visitor.page.locator(selector).first)["y"]


def test_the_title_stands_high_and_the_links_say_which_page_is_the_current_one(visit):
    visitor = visit("/data")
    for page in SHOWN:
        visitor.go_to(EN(f"pages.{page.name}"))
        expect(visitor.page).to_have_title(f"{EN(f'pages.{page.name}')} · fvapp")
        expect(visitor.page.locator("[aria-current=page]")).to_have_text([re.compile(EN(f"pages.{page.name}"))])
        assert top(visitor, "h1") <= 72


def test_a_phone_has_four_pages_and_more_at_its_lower_edge(visit):
    visitor = visit("/data", width=380, height=800)
    bar = visitor.page.get_by_role("navigation", name=EN("pages.all"))
    more = bar.get_by_role("button", name=EN("pages.more"))
    targets = [*bar.get_by_role("link").all(), more]
    assert len(targets) == len(TABS) + 1
    assert all(min(box_of(each)["width"], box_of(each)["height"]) >= 44 for each in targets)
    assert all(720 < box_of(each)["y"] < 800 for each in targets)
    for page in TABS:
        visitor.go_to(EN(f"pages.{page.name}"))
        assert top(visitor, "h1") <= 90
    for page in REST:
        more.click()
        visitor.go_to(EN(f"pages.{page.name}"))
        expect(bar.get_by_role("link")).to_have_count(len(TABS))  # closed again
        assert top(visitor, "h1") <= 90
    more.click()
    expect(more).to_have_attribute("aria-expanded", "true")
    visitor.page.keyboard.press("Escape")
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(more).to_be_focused()


def test_the_end_of_a_page_is_not_hidden_behind_the_tabs(visit):
    visitor = visit("/", width=380, height=800)
    visitor.find("make_link_button").scroll_into_view_if_needed()
    visitor.page.wait_for_function("() => window.fvappPageDrawn.then(() => true)")  # what comes late makes it longer
    expect(visitor.page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    visitor.page.locator(".stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    end = box_of(visitor.find("make_link_button"))
    assert end["y"] + end["height"] <= top(visitor, ".st-key-pages")


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=() if page.name == "draw" else pytest.mark.long, id=page.name) for page in PAGES],
)
def test_a_page_opened_at_its_own_address_asks_for_nothing_that_is_not_there(visit, page):
    visitor, refused = visit(None), []
    visitor.page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    visitor.open(f"/{page.path}")
    assert refused == []


def test_the_browsers_tab_says_how_far_a_training_is(visit):
    visitor = visit("/?epochs=100")
    visitor.press("train_start")
    expect(visitor.page).to_have_title(re.compile(rf"^[2-9]/100 · {EN('pages.train')}$"), timeout=90_000)
    visitor.go_to(EN("pages.data"))
    expect(visitor.page).to_have_title(re.compile(rf"^\d+/100 · {EN('pages.data')}$"))
    visitor.go_to(EN("pages.train")).press("train_stop")
    expect(visitor.page).to_have_title(f"{EN('pages.train')} · fvapp")


def test_a_lost_connection_is_said_until_it_is_back(visit):
    visitor = visit("/", locale="zh-CN")
    visitor.page.context.set_offline(True)
    expect(visitor.page.locator(LOST)).to_have_text(ZH("common.connection_lost"))
    visitor.page.context.set_offline(False)
    expect(visitor.page.locator(LOST)).to_be_empty()
