"""The frame around a page: its bar, a phone's tabs, the browser tab's title, a lost connection."""

import re

import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from fvapp.i18n import Translator
from fvapp.ui.compat.messages import MOST_FIELDS
from fvapp.ui.parts.page_table import PAGES
from fvapp.ui.server.sockets import GAVE_WAY
from visitor import EN, box_of

SHOWN = tuple(page for page in PAGES.values() if not page.is_for_class_only)
TABS = [page for page in SHOWN if page.is_in_phone_bar]
REST = [page for page in SHOWN if not page.is_in_phone_bar]
LOST = ".st-key-connection [role=alert]"
REFUSED = "#fvapp-refused"
KEEP_SOCKETS = """window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...values) { super(...values); if (/_stcore/.test(values[0])) sockets.push(this); }
};"""


def top(visitor, selector: str) -> float:
    return box_of(visitor.page.locator(selector).first)["y"]


def test_the_links_say_which_page_is_the_current_one_and_a_lost_connection_is_said_until_it_is_back(
    visit,
):
    visitor = visit("/data")
    for page in SHOWN[1:3]:  # two links suffice: the test on a phone follows every link
        visitor.go_to(EN(f"pages.{page.name}"))
        expect(visitor.page).to_have_title(f"{EN(f'pages.{page.name}')} · fvapp")
        expect(visitor.page.locator("[aria-current=page]")).to_have_text(
            [re.compile(EN(f"pages.{page.name}"))]
        )
        assert top(visitor, "h1") <= 72
    visitor.page.context.set_offline(True)
    expect(visitor.page.locator(LOST)).to_have_text(EN("common.connection_lost"))
    visitor.page.context.set_offline(False)
    expect(visitor.page.locator(LOST)).to_be_empty()


@pytest.mark.long
def test_why_a_message_was_refused_is_said_until_the_page_goes_on(visit):
    visitor = visit(None, locale="zh-HK")
    said = Translator("zh-Hant")
    visitor.page.add_init_script(KEEP_SOCKETS)
    visitor.open("/data")
    forged = BackMsg(rerun_script={"widget_states": {"widgets": [WidgetState()] * 2 * MOST_FIELDS}})
    visitor.page.evaluate(
        "bytes => sockets.at(-1).send(new Uint8Array(bytes))", [*forged.SerializeToString()]
    )
    expect(visitor.page.locator(REFUSED)).to_have_text(said("server.refused.too_much"))
    visitor.page.wait_for_function(
        "sockets.length > 1 && sockets.at(-1).readyState === WebSocket.OPEN"
    )
    visitor.go_to(said("pages.draw"))
    expect(visitor.page.locator(REFUSED)).to_have_count(0)


def test_a_page_that_gave_way_says_so_and_comes_back_by_a_click(visit):
    visitor = visit(None)
    visitor.page.add_init_script(KEEP_SOCKETS)
    visitor.open("/data")
    visitor.page.evaluate(
        "([code, reason]) => sockets.at(-1).close(code, reason)", [GAVE_WAY, "It made room."]
    )
    note = visitor.page.get_by_role("button", name="It made room.")
    note.click()
    visitor.page.wait_for_function("sockets.at(-1).readyState === WebSocket.OPEN")
    visitor.go_to(EN("pages.draw"))
    expect(note).to_have_count(0)
    # The page has opened a second socket only because the visitor asked it to reconnect.
    assert visitor.page.evaluate("sockets.length") == 2


SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach((shift) => (window.shifts += shift.value)))
  .observe({ type: "layout-shift", buffered: true });"""


PHONE = (390, 844)
DESK = (1280, 768)


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "size"),
    [(page.url_path, size) for page in SHOWN for size in (PHONE, DESK)],
)
def test_a_page_that_opens_on_a_slow_processor_does_not_jump(visit, path, size):
    """Add up Chromium's layout shifts; web.dev calls a sum of up to 0.1 good."""
    visitor = visit(None, *size)
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    visitor.page.add_init_script(SHIFTS)
    visitor.open(f"/{path}")
    expect(visitor.page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    assert visitor.page.evaluate("shifts") <= 0.05


def test_an_address_of_an_earlier_version_opens_its_page(visit):
    visitor = visit("/lessons?mission=6&lang=en")
    expect(visitor.page.locator("h1")).to_have_text(
        EN("missions.page.name", mark="6", title=EN("missions.epochs.title"))
    )
    expect(visitor.page.locator("[aria-current=page]")).to_have_text(
        [re.compile(EN("pages.missions"))]
    )


@pytest.mark.long
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
        # The menu of further pages has closed again, so the bar shows only its tabs.
        expect(bar.get_by_role("link")).to_have_count(len(TABS))
        assert top(visitor, "h1") <= 90
    more.click()
    expect(more).to_have_attribute("aria-expanded", "true")
    visitor.keys("Escape")
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(more).to_be_focused()

    visitor.go_to(EN("pages.train"))  # the end of this page must not be hidden behind the tabs
    visitor.find("train_more_fold").scroll_into_view_if_needed()
    # The page grows until everything on it has loaded, so wait until then.
    visitor.page.wait_for_function("() => window.fvappPageDrawn.then(() => true)")
    expect(visitor.page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    visitor.page.locator(".stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    end = box_of(visitor.find("train_more_fold"))
    assert end["y"] + end["height"] <= top(visitor, ".st-key-pages")
