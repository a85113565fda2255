"""Uploads that nobody asked for do not fill the memory, and take nothing from anybody else."""

from __future__ import annotations

import socket
from contextlib import ExitStack

import pytest
from starlette.middleware import Middleware
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from fvapp.ui.server.uploads import MB, MOST, MOST_AT_ONCE, MOST_OF_GONE, MOST_OF_SESSION, Uploads, keep_within


class Runtime:
    """What of Streamlit's runtime is asked for."""

    def __init__(self):
        self.uploaded_file_mgr, self.connected = MemoryUploadedFileManager("/upload"), set()

    def is_active_session(self, session):
        return session in self.connected

    def put(self, session, file_id, size):
        self.uploaded_file_mgr.add_file(session, UploadedFileRec(file_id, file_id, "", bytes(size)))

    def held(self):
        return {session: list(files) for session, files in self.uploaded_file_mgr.file_storage.items() if files}


@pytest.fixture
def runtime():
    runtime = Runtime()
    runtime.connected |= {"a", "b"}
    return runtime


def test_a_session_keeps_its_latest_files(runtime):
    for number in range(10):
        runtime.put("a", str(number), 2 * MB)
        keep_within(runtime, "a")
    assert runtime.held() == {"a": ["6", "7", "8", "9"]} and 4 * 2 * MB == MOST_OF_SESSION


def test_when_all_is_full_whoever_has_most_loses_the_oldest(runtime):
    sessions = [f"s{number}" for number in range(MOST // MOST_OF_SESSION)]
    runtime.connected |= set(sessions)
    for session in sessions:
        for number in range(4):
            runtime.put(session, str(number), 2 * MB)
    runtime.put("a", "picture", 500_000)
    keep_within(runtime, "a")
    held = runtime.held()
    assert held["a"] == ["picture"] and sum(len(files) for files in held.values()) == 4 * len(sessions)
    assert sorted(held[session] for session in sessions)[0] == ["0", "1", "2", "3"]
    assert [held[session] for session in sessions].count(["1", "2", "3"]) == 1


def test_sessions_without_a_connection_share_little(runtime):
    for session in "abcdefgh":
        runtime.put(session, "file", 2 * MB)
    keep_within(runtime)
    gone = {session: files for session, files in runtime.held().items() if session not in "ab"}
    assert len(gone) == MOST_OF_GONE // (2 * MB)
    assert {"a", "b"} <= runtime.held().keys()


def test_a_session_has_few_uploads_on_their_way_and_others_theirs(serve, runtime):
    half = b"PUT /_stcore/upload_file/a/%d HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\na"
    with serve(Middleware(Uploads, runtime=lambda: runtime)) as server, ExitStack() as stack:
        waiting = []
        for number in range(MOST_AT_ONCE):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
            one.sendall(half % number)
            waiting.append(one)
        while server.ask("/_stcore/upload_file/a/more", "PUT", b"x").status != 429:
            pass  # the server has not read all of them yet
        assert server.ask("/_stcore/upload_file/b/one", "PUT", b"x").content == b"1 bytes"
        waiting[0].sendall(b"a")
        assert waiting[0].recv(12) == b"HTTP/1.1 200"
        while server.ask("/_stcore/upload_file/a/more", "PUT", b"x").status == 429:
            pass  # it has answered and is about to count one less
