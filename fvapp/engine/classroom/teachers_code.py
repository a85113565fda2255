"""How a browser becomes a teacher's: by the secret in an address, for which its workspace gets a
right that stays.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hmac import compare_digest
from pathlib import Path

from fvapp.engine.runs import tokens
from fvapp.engine.store.kept_file import KeptFile

VALID = 600.0  # seconds from the first use of an address


class TeachersAddress:
    """The one address that makes a browser a teacher's; each new one ends the one before.

    A browser writes addresses into its history, its cache and the files of its session. So what
    stands there opens nothing once `VALID` is over.

    Attributes:
        code: the secret in it.
    """

    def __init__(self) -> None:
        self._show: Callable[[str], None] = lambda path: None
        self.renew()

    @property
    def path(self) -> str:
        """What comes after the app's own address."""
        return f"/teachers?teacher={self.code}"

    @property
    def waits(self) -> bool:
        """Whether nobody has used it yet."""
        return self._used_at is None

    def renew(self) -> None:
        """Begin with another secret."""
        self.code = tokens.new_code()
        self._used_at: float | None = None
        self._shown = False

    def opens(self, code: str, now: float) -> bool:
        """Return whether a code opens it at the time `now`; what comes after its end has the next
        one made.
        """
        if self._used_at is not None and now - self._used_at >= VALID:
            self.renew()
        right = compare_digest(tokens.read_code(code[:40]) or "", self.code)
        if right and self._used_at is None:
            self._used_at = now
        return right

    def show_by(self, show: Callable[[str], None]) -> None:
        """Have each new address shown by its path, and the one that is valid now."""
        self._show = show
        self._shown = False
        self.show()

    def show(self) -> None:
        """Show the address, once. Called without the engine's lock: a terminal may not take what is
        printed.
        """
        if not self._shown:
            self._shown = True
            self._show(self.path)


@dataclass(frozen=True)
class _Kept:
    code: str = ""


@cache
def teachers_key(home: Path) -> str:
    """Return what the right of a workspace is the hash of; no browser gets it.

    It is made once for a folder; where that refuses it is valid until this process ends. In earlier
    versions it stood in the teacher's address.
    """
    file = KeptFile(home / "fvapp.teacher", _Kept)
    code = tokens.read_code(file.read().code)
    if code is None:
        code = tokens.new_code()
        with suppress(OSError):
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.write(_Kept(code))
    return code
