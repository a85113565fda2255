"""What the terminal says: which address is for whom, at the start, and each new one of the
teacher's.

Streamlit's own lines are switched off in ``.streamlit/config.toml``: they name no one, and without
a screen Streamlit asks a server on the internet for the address it would print.
"""

import os
from functools import cache

import streamlit as st

from fvapp.core.processor import has_avx
from fvapp.engine.classroom.teachers import Teachers
from fvapp.engine.processes.machine import EVERYWHERE, ONLY_HERE, lan_address
from fvapp.i18n import Translator, locale_language
from fvapp.ui.server.guards import missing_guards


def print_addresses() -> None:
    """Print the addresses of this computer and of students, in the language of the locale."""
    t = _terminal()
    bound = _bound()
    students = lan_address() if bound in EVERYWHERE else bound
    lines = ["", t("server.here", url=_here())]
    if bound in ONLY_HERE:
        lines.append(t("server.only_here"))
    elif students is None:
        lines.append(t("server.no_network"))
    else:
        lines.append(t("server.students", url=url_of(students)))
    if not has_avx():
        lines.append(t("errors.no_avx"))
    if missing := missing_guards(t):
        lines.append(missing)
    print("\n  ".join(lines), end="\n\n", flush=True)


def print_teachers_address(path: str) -> None:
    """Print the address of the teacher, which ends in `path`."""
    print(f"  {_terminal()('server.teacher', url=_here() + path)}", end="\n\n", flush=True)


@cache
def log_teachers_paths(teachers: Teachers) -> None:
    """Print what leads the teacher in where a host runs ``app.py`` by itself: its log is the only
    terminal.

    The first call has this one printed, and later ones when they are made.
    """
    teachers.show_addresses(
        lambda path: print(_terminal()("server.teacher_path", path=path), flush=True)
    )


def _terminal() -> Translator:
    return Translator(locale_language(os.environ))


def _bound() -> str:
    return st.get_option("server.address") or ""


def _here() -> str:
    return url_of("localhost" if _bound() in EVERYWHERE else _bound())


def served_port() -> int:
    """Return the port that Streamlit's options name."""
    return st.get_option("server.port")


def is_secure() -> bool:
    """Return whether the server has a certificate, without which browsers give a page no camera."""
    return st.get_option("server.sslCertFile") is not None


def url_of(host: str, port: int | None = None) -> str:
    """Return the address of the app at a host; `port`: another one than Streamlit's
    options name.
    """
    scheme = "https" if is_secure() else "http"
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"{scheme}://{host}:{port or served_port()}" + (f"/{base}" if base else "")
