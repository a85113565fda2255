"""An open page reconnects after its session is gone: the server restarted, or the laptop slept."""

import pytest
from playwright.sync_api import expect

from visitor import EN, SHORT

# Marked long, because each test keeps two cores busy for half a minute.
pytestmark = pytest.mark.long

# When Streamlit's page reconnects, it names its last session as the third subprotocol. This script
# removes that name.
FORGET = """window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(url, protocols = []) {
    super(url, protocols.slice(0, 2));
    if (/_stcore/.test(url)) sockets.push(this);
  }
  send(message) { this.asked = true; super.send(message); }
};"""


def forget(visitor) -> None:
    """Close the connection. The page reconnects in a new session, and requests a script run."""
    visitor.page.evaluate("sockets.at(-1).close()")
    visitor.page.wait_for_function("sockets.length > 1 && sockets.at(-1).asked")
    visitor.page.evaluate("sockets.splice(0, sockets.length - 1)")


def test_the_runs_of_who_comes_back_are_there_and_the_page_is_whole(visit):
    visitor = visit(None)
    visitor.page.add_init_script(FORGET)
    visitor.train(f"{SHORT}&seed=1")
    # On a second page, the browser already has a workspace and names it to the server.
    visitor.open("/")
    for _ in range(2):
        forget(visitor)
        visitor.read("run_state", f"{EN('states.done')}.*1/1")
        visitor.find("curves").locator(".js-plotly-plot").first.wait_for()
        visitor.wait_until_drawn()
        expect(visitor.page.get_by_text(EN("workspace.elsewhere"))).to_have_count(0)


def test_who_opened_a_workspace_on_purpose_goes_back_with_another_tab_of_the_browser(visit):
    visitor = visit("/")
    other = visit("/")
    visitor.open_work("work_elsewhere").press("show_code")
    code = visitor.find("recovery_code").locator("code").inner_text().strip()
    held = other.page.evaluate("localStorage.fvapp")
    other.open_work("work_elsewhere").find("entered_code").locator("input").fill(code)
    other.press("open_workspace")
    other.page.wait_for_function("held => localStorage.fvapp !== held", arg=held)
    tab = other.page.context.new_page()
    tab.goto(f"{other.url}/_stcore/health")
    tab.evaluate("held => localStorage.setItem('fvapp', held)", held)
    expect(other.page.get_by_text(EN("workspace.elsewhere"))).to_be_visible()


def test_who_opened_a_workspace_on_purpose_is_not_told_that_another_tab_left_it(visit):
    visitor = visit(None)
    visitor.page.add_init_script(FORGET)
    visitor.train(f"{SHORT}&seed=1")
    visitor.open_work("work_elsewhere").press("show_code")
    code = visitor.find("recovery_code").locator("code").inner_text().strip()

    other = visit(None)
    other.page.add_init_script(FORGET)
    other.open("/")
    other.open_work("work_elsewhere").find("entered_code").locator("input").fill(code)
    other.press("open_workspace")
    other.read("run_state", f"{EN('states.done')}.*1/1")
    other.open("/")
    forget(other)
    other.read("run_state", f"{EN('states.done')}.*1/1")
    other.wait_until_drawn()
    expect(other.page.get_by_text(EN("workspace.elsewhere"))).to_have_count(0)
