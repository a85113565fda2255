"""What the terminal says when the server starts: which address is for whom. Nothing else shows the teacher's.

Streamlit's own lines are switched off in ``.streamlit/config.toml``: they name no one, and without a screen Streamlit
asks a server on the internet for the address it would print.
"""

import os
from functools import cache

import streamlit as st

from fvapp.core.places import Places
from fvapp.core.processor import has_avx
from fvapp.engine.classroom.teachers_code import teachers_path
from fvapp.engine.processes.machine import EVERYWHERE, ONLY_HERE, lan_address
from fvapp.i18n import Translator, locale_language
from fvapp.ui.server.guards import missing_guards


def print_addresses() -> None:
    """Print the addresses of this computer, of students and of the teacher, in the language of the locale."""
    t = Translator(locale_language(os.environ))
    bound = st.get_option("server.address") or ""
    students = lan_address() if bound in EVERYWHERE else bound
    here = url_of("localhost" if bound in EVERYWHERE else bound)
    lines = ["", t("server.here", url=here)]
    if bound in ONLY_HERE:
        lines.append(t("server.only_here"))
    elif students is None:
        lines.append(t("server.no_network"))
    else:
        lines.append(t("server.students", url=url_of(students)))
    lines.append(t("server.teacher", url=here + _teachers_path()))
    if not has_avx():
        lines.append(t("errors.no_avx"))
    if missing := missing_guards(t):
        lines.append(missing)
    print("\n  ".join(lines), end="\n\n", flush=True)


@cache
def print_teachers_path() -> None:
    """Print what leads the teacher in, once, where a host runs ``app.py`` by itself: its log is the only terminal."""
    print(Translator(locale_language(os.environ))("server.teacher_path", path=_teachers_path()), flush=True)


def _teachers_path() -> str:
    return teachers_path(Places.from_environ(os.environ).home)


def served_port() -> int:
    """Return the port that Streamlit's options name."""
    return st.get_option("server.port")


def is_secure() -> bool:
    """Return whether the server has a certificate, without which browsers give a page no camera."""
    return st.get_option("server.sslCertFile") is not None


def url_of(host: str, port: int | None = None) -> str:
    """Return the address of the app at a host; `port`: another one than Streamlit's options name."""
    scheme = "https" if is_secure() else "http"
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"{scheme}://{host}:{port or served_port()}" + (f"/{base}" if base else "")
