"""Every element of Streamlit's own page that our styles and scripts look for exists."""

from pathlib import Path

import pytest

from fvapp import ui
from fvapp.ui.parts.page_table import PAGES
from visitor import EN

LISTED = (
    (Path(ui.__file__).parent / "style" / "selectors.txt").read_text(encoding="utf-8").splitlines()
)

# Reports each element as soon as it appears: some are gone before the end of a script run.
WATCH = """
const wanted = (window.wanted = new Set(%s)), sockets = (window.sockets = []);
const look = () => {
  for (const each of wanted) if (document.querySelector(each)) { wanted.delete(each); seen(each); }
};
new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
window.WebSocket = class extends WebSocket {
  constructor(...values) { super(...values); sockets.push(this); }
};
"""
WHILE_OFFLINE = {".stConnectionStatus", "[data-testid=stDialog]"}
# Streamlit shows this element only during a long script run.
WHILE_BUSY = {"[data-testid=stStatusWidget]"}


@pytest.mark.long
def test_everything_in_the_list_is_on_some_page(visit):
    visitor = visit(None)
    seen = set()
    page = visitor.page
    # Playwright sets an attribute on the function, which a bound method such as `seen.add` refuses.
    page.expose_function("seen", lambda each: seen.add(each))
    page.add_init_script(WATCH % LISTED)
    visitor.open("/?train_images=1000&epochs=10&hidden=8").press("train_start")
    visitor.read("run_state", "10/10", timeout=90)
    visitor.unfold("run_numbers")
    visitor.find("figures").wait_for()
    for each in PAGES.values():
        if not each.is_for_class_only:
            visitor.go_to(EN(f"pages.{each.name}"))
    visitor.open("/class")
    visitor.open("/missions?mission=1&train_images=1000")
    visitor.find("predict").get_by_role("radio").first.check(force=True)
    visitor.press("mission_run").read("mission_result", r"\d", timeout=90)
    # The next screen of the mission is the form in which the visitor predicts.
    visitor.press("mission_forward").find("position").wait_for()
    visitor.go_to(EN("pages.compare")).press("repeat_seeds")
    page.wait_for_function("() => !wanted.has('.stProgress')")
    visitor.open_work("work_leave")
    assert set(LISTED) - seen - WHILE_BUSY == WHILE_OFFLINE
    # The page is not set offline: without a network, the sockets might wait for the server to
    # confirm that they close.
    page.route("**/_stcore/**", lambda route: route.abort())
    page.evaluate("sockets.forEach((each) => each.close())")
    for each in WHILE_OFFLINE:
        page.wait_for_function("(each) => !wanted.has(each)", arg=each)
