"""Decides which account is charged for the processor time of a page's script runs.

The module also finds out whether a page belongs to a school class.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress

from fvapp.core.errors import FvappError
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.singleton import get_engine
from fvapp.engine.turns import Claimant, ScriptTurns
from fvapp.ui.compat.greeting import PAGE, read_greeting


class ProcessorShares:
    """Shares the processor among script runs: assigns a turn to each run of each page.

    Args:
        engine: returns the engine, perhaps after a short wait.

    Attributes:
        script_turns: the queue in which script runs of all pages wait for their turns.
    """

    def __init__(self, engine: Callable[[], EmbeddedEngine]) -> None:
        self._engine = engine
        self.script_turns = ScriptTurns()
        # The workspace token of each page's last script run, by the page's number.
        self._token_by_page: dict[str, str] = {}

    def script_turn(
        self, headers: Mapping[str, str], token: str | None
    ) -> AbstractContextManager[None]:
        """Return a context manager that waits for the turn of a page's script run.

        Args:
            headers: the headers of the request that opened the page's socket.
            token: the workspace's token; if None, it is the token of the page's last run, or the
                token that the page sent when it opened its socket.
        """
        page, _, network = headers.get(PAGE, "").partition(" ")
        self._token_by_page[page] = token or self._workspace_token(headers)
        return self.script_turns.hold_turn(
            self.find_claimant(network, self._token_by_page[page]), page
        )

    def find_claimant(self, network: str, token: str) -> Claimant:
        """Return the account charged for the processor time of a workspace's script runs.

        A visitor who has joined a class, teaches a class, or has completed a training run gets
        their own account within their network. All other visitors on that network share an account.
        Otherwise, a program could get a new account with every workspace that it opens.
        """
        with suppress(FvappError):  # in case the workspace was never opened or does not exist
            workspace, in_class, has_finished = self._engine().workspaces.workspace_status(token)
            if in_class or has_finished:
                return (f"{network} {workspace}",)
        return network, token

    def is_in_class(self, headers: Mapping[str, str]) -> bool:
        """Return whether a page belongs to a school class, given the headers of its socket."""
        try:
            return self._engine().workspaces.workspace_status(self._workspace_token(headers))[1]
        except FvappError:
            return False

    def _workspace_token(self, headers: Mapping[str, str]) -> str:
        page = headers.get(PAGE, "").partition(" ")[0]
        return self._token_by_page.get(page) or read_greeting(headers).token

    def forget_page_token(self, page: str) -> None:
        """Forget the workspace token of a closed page."""
        self._token_by_page.pop(page, None)


SHARES = ProcessorShares(get_engine)
"""The object that shares this server's processor among the script runs of all pages."""


def call_in_thread(act: Callable[[], str]) -> asyncio.Future[str]:
    """Call a function in a new thread, and return its result as a future."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[str] = loop.create_future()

    def call_and_set_result() -> None:
        try:
            result = act()
        except Exception as error:  # any error is passed on to the caller
            loop.call_soon_threadsafe(future.set_exception, error)
        else:
            loop.call_soon_threadsafe(future.set_result, result)

    threading.Thread(target=call_and_set_result, name="fvapp-file", daemon=True).start()
    return future
