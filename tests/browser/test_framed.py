"""The app as Streamlit Community Cloud shows it: in a frame, below a path unknown to the app."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.test_addresses_with_secrets import latest_path
from cloud.framing_host import PREFIX, framing_host
from fvapp.bench.served_app import serve_app
from visitor import CAMERA, EN, ONE, PERCENT, Visitor

# Marked long: a separate server, a training run and a camera take half a minute of one core.
pytestmark = pytest.mark.long

SETTINGS = "train_images=1000&epochs=2&validation_split=0.1"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """Serve the app behind a host that frames it; return the server and the host's address."""
    environ = {"FVAPP_HOME": str(tmp_path_factory.mktemp("framed")), "FVAPP_WORKERS": "1"}
    with serve_app(environ=environ) as served, framing_host(served.url) as host:
        yield served, host


@pytest.fixture
def context(chromium):
    with chromium.new_context(locale="en-GB", permissions=["camera"]) as context:
        context.set_default_timeout(60_000)
        yield context


def framed(page: Page, host: str, path: str) -> Visitor:
    """Open a page of the host, and return a visitor to the app in its frame."""
    page.goto(host + path)
    frame = page.wait_for_selector("iframe").content_frame()
    visitor = Visitor(frame, host)
    return visitor if "view=projector" in path else visitor.wait_until_drawn()


def open_link(context: BrowserContext, host: str, link: str) -> Visitor:
    """Open a shared link as its recipient does: in a new tab, on the host's own page."""
    assert link.startswith(f"{host}/") and PREFIX not in link
    return framed(context.new_page(), host, link.removeprefix(host))


def test_a_network_trains_with_the_live_socket_below_the_path_and_its_link_opens(app, context):
    _, host = app
    page = context.new_page()
    sockets = []
    page.on(
        "websocket",
        lambda socket: sockets.append(socket.url.partition(host.partition("://")[2])[2]),
    )
    visitor = framed(page, host, f"/?{SETTINGS}")
    visitor.press("train_start").read("test_result", PERCENT, timeout=240)
    assert set(sockets) == {f"{PREFIX}/live", f"{PREFIX}/_stcore/stream"}
    visitor.go_to(EN("pages.draw"))
    visitor.go_to(EN("pages.train"))
    visitor.unfold("train_more_fold").press("make_link_button")
    link = visitor.find("make_link").locator("code").first.inner_text()
    opened = open_link(context, host, link)
    expect(opened.page.locator("h1")).to_be_visible()


def test_a_link_leads_a_phone_to_the_file_below_the_path_and_out_of_the_frame(
    app, context, chromium
):
    _, host = app
    page = context.new_page()
    visitor = framed(page, host, "/draw?dataset=mnist")
    # A frame has no mouse in Playwright, so the visitor uses the page's mouse.
    visitor.page.mouse = page.mouse
    visitor.draw(ONE).read("answer", PERCENT, timeout=90)
    visitor.unfold("draw_more").press("at_home_drawn")
    visitor.press("at_home_drawn_phone")
    link = visitor.page.locator('a[href*="/at-home/"]').get_attribute("href")
    assert link.startswith(f"{host}{PREFIX}/")
    with chromium.new_context() as phone:
        taken = phone.new_page()
        assert taken.goto(link).status == 200
        expect(taken.locator(".words")).to_have_text(re.compile("^1 · "))


def test_the_teachers_address_opens_a_class_and_its_qr_code_leads_students_in(
    app, context, chromium
):
    served, host = app
    page = context.new_page()
    teacher = framed(page, host, latest_path(served))
    teacher.find("other_device").wait_for()
    # The secret is neither in the address of the host's page nor in that of the framed page.
    assert page.url == f"{host}/teachers?view=open"
    assert teacher.page.url == f"{host}{PREFIX}/teachers?view=open"
    teacher.unfold("other_device").press("other_device_make")
    other = teacher.find("other_device").locator("img").get_attribute("alt")
    with chromium.new_context(locale="en-GB") as phone:
        open_link(phone, host, other).find("other_device").wait_for()
    teacher.find("class_name").locator("input").fill("8b")
    teacher.find("class_name").locator("input").press("Enter")
    code = teacher.read("class_code", "[A-Z]{6}").strip()
    projector = framed(context.new_page(), host, "/class?view=projector")
    expect(projector.find("projector_join")).to_contain_text(f"{host.partition('://')[2]}/class")
    link = projector.find("class_qr").locator("img").get_attribute("alt")
    assert code in link
    with chromium.new_context(locale="en-GB") as phone:
        student = open_link(phone, host, link)
        assert student.page.page.url == f"{host}/class?code={code}&lang=en"
        student.press("class_join").read("class_bar", "8b")


def test_the_camera_s_picture_is_answered_in_the_frame(app, context):
    _, host = app
    visitor = framed(context.new_page(), host, "/draw?dataset=mnist").unfold("other_ways")
    visitor.find("camera_on").locator("label").click()
    camera = visitor.find("camera_picture")
    # This computer has no camera.
    expect(camera.get_by_role("alert")).to_have_text(EN("draw.field.no_camera"))
    visitor.page.evaluate(CAMERA)
    visitor.page.evaluate("window.allowed = true")
    assert visitor.page.evaluate("document.featurePolicy?.allowsFeature('camera') ?? true")
    visitor.find("camera_on").locator("label").click()
    expect(camera).to_have_count(0)
    visitor.find("camera_on").locator("label").click()
    camera.get_by_role("button", name=EN("draw.field.photo")).click()
    visitor.read("answer", "1 · " + PERCENT.pattern)
