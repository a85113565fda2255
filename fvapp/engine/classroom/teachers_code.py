"""The code in the teacher's address, which the terminal prints for who has started the app."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fvapp.engine.runs import tokens
from fvapp.engine.store.kept_file import KeptFile


@dataclass(frozen=True)
class _Kept:
    code: str = ""


@cache
def teachers_code(home: Path) -> str:
    """Return the code, which is made once for a folder; where that refuses it is valid until this process ends."""
    file = KeptFile(home / "fvapp.teacher", _Kept)
    code = tokens.read_code(file.read().code)
    if code is None:
        code = tokens.new_code()
        with suppress(OSError):
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.write(_Kept(code))
    return code


def teachers_path(home: Path) -> str:
    """Return what comes after the app's own address in the teacher's."""
    return f"/teachers?teacher={teachers_code(home)}"
