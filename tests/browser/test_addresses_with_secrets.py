"""A secret in an address leaves the address bar, the browser's history and every `Referer`."""

import re
from urllib.request import urlopen

import pytest
from playwright.sync_api import Request, expect

from browser.test_classroom import open_class
from visitor import EN, Visitor


def latest_path(server) -> str:
    return re.findall(r"/teachers\?teacher=\S+", server.log.read_text(errors="replace"))[-1]


def open_noting(visitor: Visitor, path: str) -> list[Request]:
    """Open a page; return the list of the page's requests, which grows."""
    asked = []
    visitor.page.on("request", lambda request: asked.append(request))
    visitor.open(path)
    return asked


def tell_tales(asked: list[Request], secret: str) -> list[str]:
    """Return the addresses and `Referer` headers that give away a secret.

    The page's own request, the first one, may contain the secret.
    """
    _, *urls = [request.url for request in asked if secret in request.url]
    referers = [request.all_headers().get("referer") for request in asked]
    return urls + [referer for referer in referers if referer]


def test_the_teachers_address_makes_a_teacher_and_its_secret_is_gone_from_the_page(server, browse):
    path = latest_path(server)
    # A chat program sends a single GET when it shows a preview of the link.
    with urlopen(server.url + path) as preview:
        assert preview.headers["Referrer-Policy"] == "no-referrer"
    teacher = browse(server.url)
    asked = open_noting(teacher, path)
    teacher.find("other_device").wait_for()
    assert teacher.page.url == f"{server.url}/teachers?view=open"
    assert tell_tales(asked, path.partition("=")[2]) == []
    teacher.page.goto(f"{server.url}/_stcore/health")
    teacher.page.go_back()
    teacher.wait_until_drawn().find("other_device").wait_for()
    assert teacher.page.url == f"{server.url}/teachers?view=open"
    teacher.unfold("other_device").press("other_device_make")
    expect(teacher.find("other_device").locator("img")).to_be_visible()
    stale = browse(server.url).open(path)
    expect(stale.page.get_by_text(EN("errors.teachers_code_unknown"))).to_be_visible()
    assert latest_path(server) != path and not stale.find("other_device").count()


@pytest.mark.long
def test_the_key_in_the_link_of_a_class_is_gone_from_the_page_and_the_student_is_in(visit, browse):
    *_, projector, code = open_class(visit)
    link = projector.find("class_qr").locator("img").get_attribute("alt")
    key = re.search(rf"code=(\S{{16}}){code}", link)[1]
    student = browse(projector.url)
    asked = open_noting(student, f"/class?code={key}{code}&lang=en")
    assert student.page.url == f"{projector.url}/class?code={code}&lang=en"
    assert tell_tales(asked, key) == []
    student.press("class_join").read("class_bar", "8b")


@pytest.mark.long  # because it also starts Firefox
def test_firefox_forgets_the_secret_too(server, firefox):
    path = latest_path(server)
    firefox.open(server.url + path)
    firefox.wait_for("!!document.querySelector('.st-key-other_device')")
    assert firefox.evaluate("location.href") == f"{server.url}/teachers?view=open"
