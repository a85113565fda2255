"""The cluster refuses connections without its certificate, and opens no port to other machines."""

import os
import socket
import ssl
import stat
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from fvapp.engine.processes.credentials import make_credentials


def children() -> dict[str, psutil.Process]:
    found = {}
    for process in psutil.Process().children():
        line = process.cmdline()
        if "distributed.cli.dask_scheduler" in line:
            found["scheduler"] = process
        elif "distributed.cli.dask_worker" in line:
            found[line[line.index("--name") + 1]] = process
    # There are at least two workers. A worker whose memory has grown is replaced under a new name.
    assert "scheduler" in found and sum(name.startswith("worker-") for name in found) >= 2
    return found


def option(process: psutil.Process, name: str) -> str:
    line = process.cmdline()
    return line[line.index(name) + 1]


def listening() -> list:
    connections = [each for process in children().values() for each in process.net_connections()]
    found = [each.laddr for each in connections if each.status == psutil.CONN_LISTEN]
    assert len(found) >= 6  # each of three processes has one port for Dask and one for HTTP
    return found


def answers_http(port: int, path: str) -> int | None:
    """Return the status of a plain HTTP answer, or None if the port does not speak HTTP."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return None


def test_every_port_is_bound_to_this_machine_only(real_engine):
    assert {address.ip for address in listening()} == {"127.0.0.1"}


def test_plain_http_tells_nothing_but_that_it_lives(real_engine):
    speaking = [
        address.port for address in listening() if answers_http(address.port, "/health") == 200
    ]
    assert len(speaking) >= 3
    for port in speaking:
        for path in (
            "/",
            "/status",
            "/info/main/workers.html",
            "/metrics",
            "/json/identity.json",
            "/sysmon",
        ):
            assert answers_http(port, path) == 404


@pytest.fixture
def talking(real_engine):
    """Return the ports that speak Dask's own protocol."""
    ports = [address.port for address in listening()]
    return [port for port in ports if answers_http(port, "/health") is None]


@pytest.mark.parametrize("scheme", ["tcp", "tls"])
def test_a_client_without_tls_or_with_a_certificate_of_its_own_is_refused(talking, scheme):
    from distributed import Client, Security

    with closing(make_credentials()) as other:
        files = {
            "tls_client_cert": str(other.certificate_path),
            "tls_client_key": str(other.key_path),
        }
        security = (
            Security(tls_ca_file=str(other.authority_path), **files) if scheme == "tls" else None
        )
        for port in talking:
            with pytest.raises(OSError):
                Client(
                    f"{scheme}://127.0.0.1:{port}",
                    security=security,
                    timeout=2,
                    set_as_default=False,
                )


def test_a_connection_without_a_certificate_is_ended(talking):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for port in talking:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
            with pytest.raises(OSError), context.wrap_socket(plain) as secured:
                secured.sendall(b"hello")
                assert secured.recv(1) == b"", "the handshake was finished without a certificate"
                raise ConnectionResetError


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_this_user_can_read_the_key(real_engine):
    key = Path(option(children()["scheduler"], "--tls-key"))
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    for path in key.parent.iterdir():
        assert path.stat().st_uid == os.getuid()
