"""What is checked before every route: hosts, origins, headers, and paths closed to visitors."""

import pytest
from starlette.middleware import Middleware
from streamlit import config, net_util
from streamlit.web.server.server_util import is_url_from_allowed_origins
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from fvapp.ui.server import doors as module
from fvapp.ui.server.doors import RequestGuard, frame_ancestors, is_origin_allowed

SECURITY = {
    "content-security-policy": "frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def doors(**environ: str) -> Middleware:
    return Middleware(RequestGuard, environ=environ)


@pytest.fixture
def option():
    before = {}

    def change(name, value):
        before.setdefault(name, config.get_option(name))
        config.set_option(name, value)

    yield change
    for name, value in before.items():
        config.set_option(name, value)


def test_every_answer_carries_the_headers_of_security(serve):
    with serve(doors()) as server:
        for path, status in (("/", 200), ("/nowhere", 404), ("/_stcore/metrics", 404)):
            answer = server.ask(path)
            assert answer.status == status
            assert SECURITY.items() <= dict(answer.headers).items()


def test_a_teacher_names_the_sites_that_may_embed_the_app(serve, caplog):
    sites = "https://moodle.school.hk https://*.school.hk:8443"
    with serve(doors(FVAPP_EMBEDDED_IN=sites)) as server:
        policy = server.ask("/").headers["Content-Security-Policy"]
    assert policy == f"frame-ancestors 'self' {sites}"
    assert frame_ancestors("*") == "'self' *"
    assert not caplog.records
    assert frame_ancestors("https://a.b; script-src *") == "'self' *"
    assert "https://a.b;" in caplog.text


def test_metrics_are_open_only_when_asked(serve):
    with serve(doors(FVAPP_METRICS="1")) as server:
        assert server.ask("/_stcore/metrics").status == 200


def test_nothing_is_uploaded_by_streamlits_route(serve):
    path = "/_stcore/upload_file/session/file"
    with serve() as server:
        assert server.ask(path, "PUT", bytes(1_000)).content == b"1000 bytes"
    with serve(doors()) as server:
        for method in ("PUT", "DELETE", "OPTIONS"):
            assert server.ask(path, method, bytes(1_000)).status == 404


def test_a_host_the_teacher_did_not_name_is_refused(serve, option):
    option("server.allowedHosts", ["App.school ", "*.class.school"])
    with serve(doors(), module.named_hosts_middleware()) as server:
        for host in ("app.school:8501", "one.class.school"):
            assert server.ask("/", Host=host).status == 200
        answer = server.ask("/", Host="evil.example")
        assert answer.status == 400 and answer.headers["X-Content-Type-Options"] == "nosniff"
        url = f"ws://127.0.0.1:{server.port}/live"
        with pytest.raises(InvalidStatus, match="400"):
            connect(url, additional_headers={"Host": "evil.example"})


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        *((origin, "app.school:8501", True) for origin in (None, "http://app.school:8501")),
        ("http://localhost:3000", "app.school", True),
        ("http://192.168.1.7:8501", "inside:8501", True),
        *(
            (f"https://{host}", "inside:8501", True)
            for host in ("listed.example", "named.example:8501")
        ),
        ("http://203.0.113.9:8501", "inside:8501", False),
        *((origin, "app.school:8501", False) for origin in ("https://evil.example", "null", "")),
        ("http://[", "app.school", False),
    ],
)
def test_a_page_of_the_same_host_of_this_machine_or_of_a_listed_one_may_open_a_socket(
    monkeypatch, option, origin, host, allowed
):
    monkeypatch.setattr(module, "lan_address", lambda: "192.168.1.7")
    monkeypatch.setattr(net_util, "get_internal_ip", lambda: "192.168.1.7")
    option("server.corsAllowedOrigins", ["https://listed.example", "named.example"])
    assert is_origin_allowed(origin, host) == allowed
    # Streamlit's own check reaches the same decision.
    if origin and origin != "http://[" and not origin.endswith(host):
        assert is_url_from_allowed_origins(origin) == allowed
    option("server.enableCORS", False)
    assert is_origin_allowed(origin, host)


def test_a_page_of_another_site_opens_no_websocket(serve):
    with serve(doors()) as server:
        url = f"ws://127.0.0.1:{server.port}/live"
        with connect(url, origin=f"http://127.0.0.1:{server.port}") as ws:
            ws.send("hello")
            assert ws.recv() == "hello"
        with pytest.raises(InvalidStatus, match="403"):
            connect(url, origin="https://evil.example")
