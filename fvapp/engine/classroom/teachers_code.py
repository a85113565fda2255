"""Manages the private teacher link, which gives a browser's workspace teacher privileges."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hmac import compare_digest
from pathlib import Path

from fvapp.engine.runs import tokens
from fvapp.engine.store.kept_file import ValuesFile

VALID = 600.0  # seconds for which a private teacher link stays valid after its first use


class TeachersAddress:
    """The private teacher link, an address that gives a browser teacher privileges.

    Browsers store addresses in their history, cache and session files. So an address stops working
    `VALID` seconds after its first use, and a new address replaces it.

    Attributes:
        code: the secret in the address.
    """

    def __init__(self) -> None:
        self._address_listener: Callable[[str], None] = lambda path: None
        self.renew_address()

    @property
    def address_path(self) -> str:
        """The path and query of the private teacher link, to append to the app's own address."""
        return f"/teachers?teacher={self.code}"

    @property
    def is_address_unused(self) -> bool:
        """Whether nobody has used the private teacher link yet."""
        return self._used_at is None

    def renew_address(self) -> None:
        """Replace the secret in the private teacher link with a new secret."""
        self.code = tokens.new_code()
        self._used_at: float | None = None
        self._has_been_shown = False

    def accepts_code(self, code: str, now: float) -> bool:
        """Return whether a teacher link's code is valid at the time `now`; renew expired links."""
        if self._used_at is not None and now - self._used_at >= VALID:
            self.renew_address()
        right = compare_digest(tokens.parse_code(code[:40]) or "", self.code)
        if right and self._used_at is None:
            self._used_at = now
        return right

    def set_address_listener(self, show: Callable[[str], None]) -> None:
        """Call `show` with the path of the current teacher link, and later with each new path."""
        self._address_listener = show
        self._has_been_shown = False
        self.show_address_once()

    def show_address_once(self) -> None:
        """Show the private teacher link if it has not been shown yet.

        Call this method without holding the engine's lock, because writing to a terminal may block.
        """
        if not self._has_been_shown:
            self._has_been_shown = True
            self._address_listener(self.address_path)


@dataclass(frozen=True)
class _StoredKey:
    code: str = ""


@cache
def teachers_right_key(home: Path) -> str:
    """Return the key whose hash gives a workspace teacher privileges; no browser gets the key.

    The key is made once for each data folder. If it cannot be written there, it is valid until this
    process ends. In earlier versions, the private teacher link contained the key.
    """
    file = ValuesFile(home / "fvapp.teacher", _StoredKey)
    code = tokens.parse_code(file.read_values().code)
    if code is None:
        code = tokens.new_code()
        with suppress(OSError):
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.write_values(_StoredKey(code))
    return code
