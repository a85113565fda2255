"""To which account a script run counts, and whose pages may be closed when the app is full."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress

from fvapp.core.errors import FvappError
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.singleton import get_engine
from fvapp.engine.turns import Claimant, Turns
from fvapp.ui.compat.greeting import PAGE, read_greeting


class Shares:
    """Who asks for script runs, by page.

    Args:
        engine: returns the engine, perhaps after a moment.

    Attributes:
        turns: of all pages.
    """

    def __init__(self, engine: Callable[[], EmbeddedEngine]) -> None:
        self._engine, self.turns = engine, Turns()
        self._tokens: dict[str, str] = {}  # by page, as its last script run knew it

    def turn(self, headers: Mapping[str, str], token: str | None) -> AbstractContextManager[None]:
        """Return the turn of a run of the page whose socket had these headers.

        Args:
            token: of the workspace, where the page knows it; else its last run did, or what it said
                as it connected.
        """
        page, _, network = headers.get(PAGE, "").partition(" ")
        self._tokens[page] = token or self._token(headers)
        return self.turns.turn(self.claimant(network, self._tokens[page]), page)

    def claimant(self, network: str, token: str) -> Claimant:
        """Return to which account a workspace counts.

        Who has a seat in a class, or holds one, or has finished a training has an account of their
        own in their network; all others there share one. Else a script would have as many accounts
        as it opens workspaces.
        """
        with suppress(FvappError):  # an empty workspace that nobody has opened yet, or none
            workspace, in_class, has_finished = self._engine().workspaces.standing(token)
            if in_class or has_finished:
                return (f"{network} {workspace}",)
        return network, token

    def in_class(self, headers: Mapping[str, str]) -> bool:
        """Return whether the page whose socket had these headers is one of a class."""
        try:
            return self._engine().workspaces.standing(self._token(headers))[1]
        except FvappError:
            return False

    def _token(self, headers: Mapping[str, str]) -> str:
        page = headers.get(PAGE, "").partition(" ")[0]
        return self._tokens.get(page) or read_greeting(headers).token

    def forget(self, page: str) -> None:
        """Forget a page that is closed."""
        self._tokens.pop(page, None)


SHARES = Shares(get_engine)
"""Those of this process."""


def in_thread(act: Callable[[], str]) -> asyncio.Future[str]:
    """Call a function in a thread of its own, and return what comes of it."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[str] = loop.create_future()

    def call() -> None:
        try:
            tell = future.set_result
            result = act()
        except Exception as error:  # whatever it is, who waits is told
            tell = future.set_exception
            result = error
        loop.call_soon_threadsafe(tell, result)

    threading.Thread(target=call, name="fvapp-file", daemon=True).start()
    return future
