"""One function decides whose pages may open a WebSocket, as Streamlit would, and never waits for the internet."""

from __future__ import annotations

import threading
import time

import pytest
from streamlit import config, net_util
from streamlit.web.server.starlette.starlette_websocket import _is_origin_allowed

from fvapp.ui.server.origins import external_address_found_aside, is_allowed

CASES = [
    (None, "app.school:8501"),
    ("http://app.school:8501", "app.school:8501"),
    ("https://app.school", "app.school"),
    ("http://localhost:3000", "app.school"),
    ("http://127.0.0.1:8501", "192.168.1.7:8501"),
    ("https://listed.example", "inside:8501"),
    ("http://203.0.113.9:8501", "inside:8501"),
    ("https://evil.example", "app.school:8501"),
    ("null", "app.school:8501"),
    ("", "app.school:8501"),
]


@pytest.fixture(autouse=True)
def outside(monkeypatch):
    """The world outside: it answers after a while, and is asked by the threads that are returned."""
    asked = []

    def answer(url, timeout):
        asked.append(threading.current_thread())
        time.sleep(0.05)  # as long as a network takes
        return "203.0.113.9"

    monkeypatch.setattr(net_util, "_external_ip", None)
    monkeypatch.setattr(net_util, "_make_blocking_http_get", answer)
    monkeypatch.setattr(net_util, "get_internal_ip", lambda: "192.168.1.7")
    return asked


@pytest.fixture
def option():
    before = {}

    def change(name, value):
        before.setdefault(name, config.get_option(name))
        config.set_option(name, value)

    yield change
    for name, value in before.items():
        config.set_option(name, value)


def wait_for_the_look_up():
    for thread in threading.enumerate():
        if thread.name == "fvapp-address":
            thread.join()


@pytest.mark.parametrize("cors", [True, False])
def test_the_decision_is_streamlits(option, cors):
    option("server.corsAllowedOrigins", ["https://listed.example"])
    option("server.enableCORS", cors)
    theirs = [_is_origin_allowed(*case) for case in CASES]
    net_util._external_ip = None
    with external_address_found_aside():
        is_allowed("https://evil.example", "app.school")  # the first has the address looked up
        wait_for_the_look_up()
        assert [is_allowed(*case) for case in CASES] == theirs
        assert [_is_origin_allowed(*case) for case in CASES] == theirs


def test_a_host_that_is_not_named_is_refused_whatever_the_origin(option):
    option("server.allowedHosts", ["app.school"])
    assert is_allowed("http://app.school:8501", "app.school:8501")
    assert not is_allowed("http://evil.example", "evil.example") and not is_allowed(None, None)


def test_what_is_no_address_is_refused():
    assert not is_allowed("http://[", "app.school")


def test_nobody_who_asks_waits_for_the_internet(outside):
    before = net_util.get_external_ip
    with external_address_found_aside():
        for _ in range(30):
            assert not is_allowed("https://evil.example", "app.school")
    wait_for_the_look_up()
    assert len(outside) == 1 and threading.current_thread() not in outside
    assert net_util.get_external_ip is before


def test_where_nobody_comes_from_elsewhere_nobody_is_asked(outside):
    with external_address_found_aside():
        assert is_allowed("http://app.school:8501", "app.school:8501") and is_allowed(None, "app.school:8501")
    wait_for_the_look_up()
    assert not outside
