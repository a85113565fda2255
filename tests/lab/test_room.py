"""The files of a computer room, and the errors on a PC that cannot join; Dask is not started."""

import json
import os
import random
import shutil
import socket
import ssl
import stat
import threading
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fvapp.__main__ import main
from fvapp.core.datasets import PICTURED, files
from fvapp.core.errors import DatasetError, EngineError
from fvapp.engine.processes import credentials, room
from fvapp.engine.processes.credentials import sign_certificate
from fvapp.engine.processes.room import (
    FOLDER,
    JOIN_FILE,
    create_lab_room,
    read_join_file,
    read_teacher_file,
    write_join_file,
)
from fvapp.engine.workers import versions
from fvapp.engine.workers.versions import compare_versions, required_versions
from fvapp.lab.join import check_join_file, find_scheduler
from fvapp.lab.reaching import connect_to_scheduler


@pytest.fixture
def folder(tmp_path):
    create_lab_room(tmp_path / FOLDER, 8786)
    write_join_file(tmp_path / FOLDER, tmp_path / JOIN_FILE, "teacher-pc")
    return tmp_path / FOLDER


@pytest.fixture
def join(folder):
    return read_join_file(folder.parent / JOIN_FILE)


@contextmanager
def listening(files):
    """Listen like a scheduler with these certificates; greet clients of the same authority.

    Yields:
        The port.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=files.authority_path)
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_cert_chain(files.certificate_path, files.key_path)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    with context.wrap_socket(server.accept()[0], server_side=True) as secured:
                        secured.sendall(b"hello")
                except ssl.SSLError:
                    continue
                except OSError:  # the test has ended and closed the socket
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def unpacked():
    """Return a function that unpacks a file's certificates, which are deleted after the test."""
    with ExitStack() as made:
        yield lambda file: made.enter_context(closing(file.write_certificates_to_folder()))


def refused(work, *values) -> str:
    with pytest.raises(EngineError) as caught:
        work(*values)
    return caught.value.code


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_this_user_can_read_what_is_written(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in (*folder.iterdir(), folder.parent / JOIN_FILE):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_join_file_holds_neither_the_key_of_the_teacher_nor_that_of_the_authority(folder, join):
    teacher = read_teacher_file(folder)
    assert teacher.ca == join.ca
    assert {teacher.key, teacher.certificate}.isdisjoint((join.key, join.certificate))
    written = "".join(file.read_text() for file in folder.iterdir())
    assert written.count("PRIVATE KEY-----\\n") == 4, (
        "begin and end of one key in each of two files"
    )


def test_a_pc_of_the_room_is_let_in_and_after_a_renewal_the_files_before_it_are_worthless(
    folder, join, unpacked
):
    with listening(unpacked(read_teacher_file(folder))) as port:
        assert connect_to_scheduler("127.0.0.1", port, unpacked(join)) == "127.0.0.1"
    create_lab_room(folder, 8786)
    with listening(unpacked(read_teacher_file(folder))) as port:
        assert refused(connect_to_scheduler, "127.0.0.1", port, unpacked(join)) == "lab_other_room"


def test_a_certificate_is_refused_that_the_other_side_alone_does_not_know(
    folder, join, unpacked, tmp_path
):
    create_lab_room(tmp_path / "other", 8786)
    mixed = replace(read_teacher_file(tmp_path / "other"), ca=join.ca)
    with listening(unpacked(read_teacher_file(folder))) as port:
        assert refused(connect_to_scheduler, "127.0.0.1", port, unpacked(mixed)) == "lab_other_room"


@pytest.mark.parametrize(("days", "code"), [(31, "lab_expired"), (-31, "lab_clock")])
def test_a_clock_that_is_off_by_a_month_is_named(tmp_path, unpacked, monkeypatch, days, code):
    class Wrong(datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz) - timedelta(days=days)

    for module in (credentials, room):
        monkeypatch.setattr(module, "datetime", Wrong)
    create_lab_room(tmp_path / FOLDER, 8786)
    own = unpacked(read_join_file(tmp_path / FOLDER / "teacher.json"))
    with listening(own) as port:
        assert refused(connect_to_scheduler, "127.0.0.1", port, own) == code


def test_the_reason_why_the_teachers_pc_is_not_reached_is_named(join, unpacked, monkeypatch):
    monkeypatch.setattr("fvapp.lab.reaching.SECONDS", 0.2)
    own = unpacked(join)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert refused(connect_to_scheduler, "no such name.invalid", port, own) == "lab_no_name"
        assert refused(connect_to_scheduler, "x" * 300, port, own) == "lab_no_name"
        assert refused(connect_to_scheduler, "127.0.0.1", port, own) == "lab_no_answer"
    assert refused(connect_to_scheduler, "127.0.0.1", port, own) == "lab_not_started"


def test_of_several_failures_the_one_that_got_furthest_is_reported(join):
    codes = {"a": "lab_no_name", "b": "lab_not_started", "c": "lab_no_answer"}

    def knock(host, port):
        raise EngineError(codes[host])

    assert (
        refused(find_scheduler, replace(join, addresses=("a", "b", "c")), knock)
        == "lab_not_started"
    )
    found = find_scheduler(
        replace(join, addresses=("a", "d")),
        lambda host, port: host if host == "d" else knock(host, port),
    )
    assert found == ("tls://d:8786", "d")


@pytest.fixture
def read(tmp_path):
    """Return ``read(content)``: read a join file with this content, bytes or plain values."""

    def read(content):
        whole = content if isinstance(content, bytes) else json.dumps(content).encode()
        (tmp_path / "file").write_bytes(whole)
        return read_join_file(tmp_path / "file")

    return read


MALFORMED = (
    b"",
    b"[]",
    b"{}",
    b"\xff\xfe",
    b"[" * 100_000,
    {"addresses": "a"},
    {"addresses": [], "port": 1},
)


def test_a_malformed_join_file_a_folder_and_no_file_are_refused(tmp_path, folder, read):
    plain = json.loads((folder / JOIN_FILE).read_text())
    for content in (*MALFORMED, *(plain | {name: None} for name in plain)):
        assert refused(read, content) == "lab_no_join_file", content
    for path in (tmp_path, tmp_path / "none"):
        assert refused(read_join_file, path) == "lab_no_join_file"


def test_a_certificate_or_key_that_is_damaged_is_no_join_file(folder, unpacked, read):
    plain = json.loads((folder / JOIN_FILE).read_text())
    chance = random.Random(1)
    foreign = sign_certificate("x", datetime.now(UTC) + timedelta(days=1))[1].decode()
    assert refused(read, plain | {"key": foreign}) == "lab_no_join_file"
    for name in 10 * ["ca", "certificate", "key"]:
        place = chance.randrange(30, len(plain[name]) - 30)
        damaged = (
            plain[name][:place]
            + chance.choice("!A\n\0") * 4
            + plain[name][place + chance.choice([0, 4, 40]) :]
        )
        # If the damage leaves a readable certificate, the scheduler refuses the certificate later.
        with suppress(EngineError):
            connect_to_scheduler("127.0.0.1", 1, unpacked(read(plain | {name: damaged})))


def test_another_version_is_refused_before_anything_starts(join):
    for name in ("fvapp", "Python", "Keras", "TensorFlow"):
        other = replace(join, versions={**join.versions, name: "0.0"})
        with pytest.raises(EngineError) as caught:
            check_join_file(other)
        assert (caught.value.code, caught.value.values["name"]) == ("pc_other_version", name)
    compare_versions(required_versions(), required_versions())


@pytest.mark.parametrize(
    "name", ["core/stack.py", "data/mnist/dataset.toml", "core/inspection/changes.toml"]
)
def test_a_pc_with_other_code_or_other_tables_is_another_version(name, tmp_path, monkeypatch):
    mine = required_versions()["fvapp"]
    shutil.copytree(
        versions._PACKAGE, tmp_path / "fvapp", ignore=shutil.ignore_patterns("*.xz", "models", "ui")
    )
    monkeypatch.setattr(versions, "_PACKAGE", tmp_path / "fvapp")
    assert required_versions.__wrapped__()["fvapp"] == mine
    with (tmp_path / "fvapp" / name).open("a", encoding="utf-8") as file:
        file.write("# another one\n")
    assert required_versions.__wrapped__()["fvapp"] != mine


def test_a_pc_without_the_images_is_told_so_before_anything_starts(join, monkeypatch, tmp_path):
    for name in PICTURED:
        (tmp_path / name).mkdir()
        shutil.copy(files.files("fvapp.data") / name / files.MANIFEST, tmp_path / name)
    monkeypatch.setattr(files, "files", lambda package: tmp_path)
    monkeypatch.setenv("FVAPP_HOME", str(tmp_path))
    assert not files.has_shipped_dataset_files("mnist")
    with pytest.raises(DatasetError, match="shipped_data_damaged"):
        check_join_file(join)


def test_an_expired_file_is_named(join):
    assert refused(check_join_file, replace(join, until=1.0)) == "lab_expired"


def test_the_commands_say_in_one_sentence_each_what_is_right_and_what_is_wrong(
    tmp_path, monkeypatch, capsys, home
):
    monkeypatch.setenv("FVAPP_HOME", str(tmp_path / "with spaces 和中文"))
    monkeypatch.chdir(tmp_path)
    assert main(["lab", "check", "--lang", "en"]) == 2
    assert "no room yet" in capsys.readouterr().err
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    assert main(["lab", "new", "--port", port, "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "runs no programs on other computers" in said
    assert "Ctrl-C" not in said
    assert (tmp_path / JOIN_FILE).is_file()
    first = read_join_file(tmp_path / JOIN_FILE)
    monkeypatch.setenv("FVAPP_HOME", str(home))  # the folder with the unpacked images
    monkeypatch.setattr("fvapp.engine.processes.room.FOLDER", FOLDER)
    assert main(["lab", "check", JOIN_FILE, "--lang", "en"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line[0] for line in lines] == ["✓"] * 3 + ["✗"]
    monkeypatch.setenv("FVAPP_HOME", str(tmp_path / "with spaces 和中文"))
    main(["lab", "new"])
    again = read_join_file(tmp_path / JOIN_FILE)
    assert (again.key, again.port) == (first.key, first.port)
    capsys.readouterr()
    with socket.create_server(("0.0.0.0", first.port)):  # occupies the port like a running app
        main(["lab", "new", "--renew", "--lang", "en"])
    assert read_join_file(tmp_path / JOIN_FILE).key != first.key
    assert "The app that is running still takes the earlier files" in capsys.readouterr().out


def test_a_room_expires_and_says_so(folder):
    soon = replace(read_teacher_file(folder), until=datetime.now(UTC).timestamp() - 1)
    room._replace_join_file(folder / "teacher.json", soon)
    assert refused(read_teacher_file, folder) == "lab_expired"
