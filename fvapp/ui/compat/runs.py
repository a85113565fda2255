"""Makes Streamlit's script runs, and downloads that are generated on request, wait their turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import streamlit as st
from streamlit.runtime import Runtime

from fvapp.ui.compat import FunctionReplacement, temporarily_replaced

if TYPE_CHECKING:
    from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from streamlit.runtime.backend_operation_handler import DeferredFileHandler
    from streamlit.runtime.media_file_manager import MediaFileManager
    from streamlit.runtime.scriptrunner import ScriptRunner
    from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

TOKEN = "token"
"""Session state key of the workspace's token."""

Turn = Callable[[Mapping[str, str], str | None], AbstractContextManager[None]]


def queueing_script_runs(
    turn: Turn,
    step_aside: Callable[[], None],
    call_in_thread: Callable[[Callable[[], str]], asyncio.Future[str]],
) -> AbstractContextManager[None]:
    """Within the block, make script runs and downloads generated on request wait their turn.

    Args:
        turn: returns a context manager that waits for the turn, given the headers of a page's
            socket and the workspace's token, if known.
        step_aside: called by a script before each message to its page; may wait while others go
            first.
        call_in_thread: calls a function in a separate thread, where the function may wait.
    """

    def run_script_in_turn(run: Callable) -> Callable:
        def _run_script(self: ScriptRunner, rerun_data: RerunData) -> None:
            with turn(_socket_headers(self._session_id), st.session_state.get(TOKEN)):
                run(self, rerun_data)

        return _run_script

    def make_file_in_turn(handle: Callable) -> Callable:
        async def handle_in_turn(
            self: DeferredFileHandler, request: BackendOperationRequest, session_id: str
        ) -> Any:
            """Make a file in a new thread, because all sockets share Streamlit's few threads."""

            def make_file() -> str:
                with turn(_socket_headers(session_id), None):
                    return self._get_media_file_mgr().execute_deferred(
                        request.deferred_file.file_id
                    )

            made = call_in_thread(make_file)
            await asyncio.wait([made])
            files = SimpleNamespace(execute_deferred=lambda file_id: made.result())
            stand_in = cast("MediaFileManager", files)
            return await handle(type(self)(lambda: stand_in), request, session_id)

        return handle_in_turn

    def enqueue_after_others(enqueue: Callable) -> Callable:
        def _enqueue_forward_msg(self: ScriptRunner, msg: ForwardMsg) -> None:
            step_aside()
            enqueue(self, msg)

        return _enqueue_forward_msg

    runner = "streamlit.runtime.scriptrunner.script_runner:ScriptRunner"
    files = "streamlit.runtime.backend_operation_handler:DeferredFileHandler"
    cost = "who asks for much keeps others waiting"
    return temporarily_replaced(
        FunctionReplacement(runner, "_run_script", run_script_in_turn, cost, "greedy"),
        FunctionReplacement(runner, "_enqueue_forward_msg", enqueue_after_others, cost, "greedy"),
        FunctionReplacement(files, "handle", make_file_in_turn, cost, "greedy"),
    )


def _socket_headers(session: str) -> Mapping[str, str]:
    client = Runtime.instance().get_client(session) if Runtime.exists() else None
    return dict(client.client_context.headers) if client and client.client_context else {}
