"""Script runs and file requests take turns, and have the same results as without turns."""

import asyncio
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.testing.v1 import AppTest

from fvapp.ui.compat import MISSING
from fvapp.ui.compat.runs import TOKEN, queueing_script_runs
from fvapp.ui.server.shares import call_in_thread


class Turns:
    """Records who takes a turn, and in which thread."""

    def __init__(self) -> None:
        self.taken = []
        self.inside = self.asides = 0

    @contextmanager
    def turn(self, headers, token):
        self.taken.append((dict(headers), token, threading.current_thread().name))
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    def step_aside(self):
        self.asides += self.inside


@pytest.fixture
def turns():
    turns = Turns()
    with queueing_script_runs(turns.turn, turns.step_aside, call_in_thread):
        assert "greedy" not in MISSING
        yield turns


def ask_for(execute) -> object:
    request = BackendOperationRequest(
        request_id="1", session_id="s", deferred_file={"file_id": "f"}
    )
    handler = DeferredFileHandler(lambda: SimpleNamespace(execute_deferred=execute))
    return asyncio.run(handler.handle(request, "s"))


def test_each_script_run_takes_a_turn_as_whoever_its_session_is_and_gives_it_back(turns):
    script = 'import streamlit as st\nst.session_state["token"] = "mine"\nst.button("again")'
    app = AppTest.from_string(script).run()
    app.button[0].click().run()
    assert [token for _, token, _ in turns.taken] == [None, "mine"]
    assert turns.asides >= 2, "each run may step aside before it draws its button"
    assert TOKEN == "token" and not turns.inside


def test_a_run_that_fails_gives_its_turn_back(turns):
    assert AppTest.from_string("raise ValueError").run().exception
    assert len(turns.taken) == 1 and not turns.inside


def test_a_file_is_made_in_a_turn_and_in_a_thread_of_its_own(turns):
    made = []

    def make(name: str) -> str:
        made.append((name, turns.inside))
        return "/media/f.html"

    assert ask_for(make).deferred_file.url == "/media/f.html" and made == [("f", 1)]
    assert [thread for *_, thread in turns.taken] == ["fvapp-file"] and not turns.inside


def test_a_file_that_cannot_be_made_is_refused_as_without_turns(turns):
    def make(name: str) -> str:
        raise OSError

    assert ask_for(make).error_msg and not turns.inside
