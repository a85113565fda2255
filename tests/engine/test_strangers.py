"""Nobody gets at another visitor's runs, and nobody without our certificate gets at the cluster."""

from __future__ import annotations

import inspect
import os
import socket
import ssl
import stat
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from fvapp.core.errors import EngineError
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.api import Engine
from fvapp.engine.processes.credentials import make_credentials
from real_engine import SMALL

WITHOUT_TOKEN = {"start", "status", "close", "recover", "listen"}
VALUES = {
    "name": "drawing",
    "value": 1,
    "settings": [RunSettings(**SMALL)],
    "record": RunRecord("", 0, RunSettings(**SMALL), "done"),
    "events": [],
    "model": "mnist",
    "images": [],
}


def commands():
    """Return the name and the arguments after the token of every command of the protocol."""
    for name, function in inspect.getmembers(Engine, inspect.isfunction):
        parameters = list(inspect.signature(function).parameters.values())[1:]
        if name.startswith("_") or name in WITHOUT_TOKEN | {"enter"}:
            continue
        assert parameters[0].name == "token", f"{name} asks for no token and is not known to need none"
        rest = [parameter for parameter in parameters[1:] if parameter.default is parameter.empty]
        yield name, [parameter.name for parameter in rest]


COMMANDS = list(commands())


@pytest.mark.parametrize("token", ["", "made up", "A" * 43, None, 7], ids=repr)
@pytest.mark.parametrize(("command", "arguments"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_no_command_works_without_a_token_of_ours(real_engine, command, arguments, token):
    values = [VALUES.get(argument, "run") for argument in arguments]
    with pytest.raises(EngineError, match="unknown_workspace"):
        getattr(real_engine, command)(token, *values)


@pytest.mark.parametrize(
    ("command", "arguments"),
    [(name, arguments) for name, arguments in COMMANDS if "run_id" in arguments or name == "classify"],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_command_works_on_another_visitors_run(real_engine, command, arguments):
    owner, stranger = real_engine.enter(None).token, real_engine.enter(None).token
    record = real_engine.add_run(owner, RunRecord("", 0, RunSettings(**SMALL), "done"), [])
    values = [record.id if argument in ("run_id", "model") else VALUES.get(argument) for argument in arguments]
    with pytest.raises(EngineError, match="unknown_run"):
        getattr(real_engine, command)(stranger, *values)
    assert real_engine.run(owner, record.id) == record and real_engine.runs(stranger) == ()


def children() -> dict[str, psutil.Process]:
    found = {}
    for process in psutil.Process().children():
        line = process.cmdline()
        if "distributed.cli.dask_scheduler" in line:
            found["scheduler"] = process
        elif "distributed.cli.dask_worker" in line:
            found[line[line.index("--name") + 1]] = process
    # A worker that has grown is replaced by one of another name.
    assert "scheduler" in found and sum(name.startswith("worker-") for name in found) >= 2
    return found


def option(process: psutil.Process, name: str) -> str:
    line = process.cmdline()
    return line[line.index(name) + 1]


def listening() -> list:
    connections = [each for process in children().values() for each in process.net_connections()]
    found = [each.laddr for each in connections if each.status == psutil.CONN_LISTEN]
    assert len(found) >= 6  # one for talk and one for HTTP each
    return found


def answers_http(port: int, path: str) -> int | None:
    """Return the status of an answer in plain HTTP, or None when the port does not speak it."""
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
    speaking = [address.port for address in listening() if answers_http(address.port, "/health") == 200]
    assert len(speaking) >= 3
    for port in speaking:
        for path in ("/", "/status", "/info/main/workers.html", "/metrics", "/json/identity.json", "/sysmon"):
            assert answers_http(port, path) == 404


@pytest.fixture
def talking(real_engine):
    """Return the ports that speak Dask's protocol."""
    ports = [address.port for address in listening()]
    return [port for port in ports if answers_http(port, "/health") is None]


def test_a_client_without_tls_is_refused(talking):
    from distributed import Client

    for port in talking:
        with pytest.raises(OSError):
            Client(f"tcp://127.0.0.1:{port}", timeout=2, set_as_default=False)


def test_a_client_with_a_certificate_of_its_own_is_refused(talking):
    from distributed import Client, Security

    other = make_credentials()
    security = Security(
        tls_ca_file=str(other.ca), tls_client_cert=str(other.certificate), tls_client_key=str(other.key)
    )
    for port in talking:
        with pytest.raises(OSError):
            Client(f"tls://127.0.0.1:{port}", security=security, timeout=2, set_as_default=False)
    other.remove()


def test_a_connection_without_a_certificate_is_ended(talking):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
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


def test_no_keras_is_in_the_servers_process():
    """In a fresh interpreter, since other tests of this process may import it."""
    import subprocess
    import sys

    code = "import sys, fvapp.engine.embedded, fvapp.engine.singleton, distributed\n"
    code += "sys.exit('keras' in sys.modules or 'tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
