"""A file that is handed on to a phone: once, within ten minutes, and without anything of the app's."""

import asyncio

import pytest
from starlette.requests import Request

from fvapp.ui.server.handing import MOST_BYTES, SECONDS, Handing


@pytest.fixture
def handing(clock):
    return Handing(clock)


def ask(handing: Handing, code: str, method: str = "GET", agent: str = "Mozilla/5.0 (iPhone)"):
    headers = [(b"user-agent", agent.encode())]
    scope = {"type": "http", "method": method, "headers": headers, "path_params": {"code": code}}
    return asyncio.run(handing.serve(Request(scope)))


def test_it_is_there_once_and_whoever_only_looks_does_not_use_it_up(handing):
    code = handing.offer(b"<html>")
    assert len(code) >= 22 and code != handing.offer(b"<html>")
    assert ask(handing, code, "HEAD").status_code == 200
    answer = ask(handing, code)
    assert (answer.status_code, answer.body) == (200, b"<html>")
    assert answer.headers["content-type"].startswith("text/html") and answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("sandbox allow-scripts;")
    assert [ask(handing, code).status_code, ask(handing, "nothing").status_code] == [404, 404]


def test_android_saves_it_and_an_iphone_opens_it(handing):
    for agent, way in (("Android 15", "attachment"), ("iPhone", "inline")):
        assert ask(handing, handing.offer(b""), agent=agent).headers["content-disposition"].startswith(way + ";")


def test_after_ten_minutes_it_is_gone(handing, clock):
    kept, lost = handing.offer(b"a"), handing.offer(b"b")
    clock.skip(SECONDS)
    assert ask(handing, kept).status_code == 200
    clock.skip(1)
    assert ask(handing, lost).status_code == 404


def test_on_a_wall_it_is_there_for_everybody_until_it_is_taken_back(handing, clock):
    code, clock.now = handing.offer(b"<html>", on_wall=True), SECONDS + 1
    assert [ask(handing, code).status_code for _ in range(30)] == [200] * 30 and handing.holds(code)
    handing.take_back(code)
    assert ask(handing, code).status_code == 404 and not handing.holds(code) and not handing.holds("")


def test_all_files_together_take_so_much_memory_and_no_more(handing):
    codes = [handing.offer(bytes(MOST_BYTES // 4)) for _ in range(6)]
    assert [ask(handing, code).status_code for code in codes] == [404, 404, 200, 200, 200, 200]
