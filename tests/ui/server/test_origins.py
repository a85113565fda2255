"""One function decides whose pages may open a WebSocket, as Streamlit would, and never asks the internet."""

from __future__ import annotations

import pytest
from streamlit import config, net_util
from streamlit.web.server.starlette.starlette_websocket import _is_origin_allowed

from fvapp.ui.server.origins import internet_not_asked, is_allowed

CASES = [
    (None, "app.school:8501"),
    ("http://app.school:8501", "app.school:8501"),
    ("https://app.school", "app.school"),
    ("http://localhost:3000", "app.school"),
    ("http://127.0.0.1:8501", "192.168.1.7:8501"),
    ("https://listed.example", "inside:8501"),
    ("http://203.0.113.9:8501", "203.0.113.9:8501"),
    ("https://evil.example", "app.school:8501"),
    ("null", "app.school:8501"),
    ("", "app.school:8501"),
]


@pytest.fixture(autouse=True)
def outside(monkeypatch):
    """The world outside: what it is asked for."""
    asked = []

    def answer(url, timeout):
        asked.append(url)
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


@pytest.mark.parametrize("cors", [True, False])
def test_the_decision_is_streamlits(option, cors):
    option("server.corsAllowedOrigins", ["https://listed.example"])
    option("server.enableCORS", cors)
    theirs = [_is_origin_allowed(*case) for case in CASES]
    with internet_not_asked():
        assert [is_allowed(*case) for case in CASES] == theirs
        assert [_is_origin_allowed(*case) for case in CASES] == theirs


def test_a_host_that_is_not_named_is_refused_whatever_the_origin(option):
    option("server.allowedHosts", ["app.school"])
    assert is_allowed("http://app.school:8501", "app.school:8501")
    assert not is_allowed("http://evil.example", "evil.example") and not is_allowed(None, None)


def test_what_is_no_address_is_refused():
    assert not is_allowed("http://[", "app.school")


def test_the_external_address_behind_a_proxy_is_one_to_be_listed(option):
    proxied = ("http://203.0.113.9:8501", "inside:8501")
    with internet_not_asked():
        assert not is_allowed(*proxied)
        option("server.corsAllowedOrigins", ["http://203.0.113.9:8501"])
        assert is_allowed(*proxied)


def test_nobody_who_asks_has_the_internet_asked(outside):
    before = net_util.get_external_ip
    with internet_not_asked():
        assert not is_allowed("https://evil.example", "app.school")
    assert outside == [] and net_util.get_external_ip is before
