"""Prints the app's addresses in the terminal at the start, and each new private teacher link.

Streamlit's own messages are switched off in ``.streamlit/config.toml``: they do not explain who can
use an address, and in headless mode, Streamlit asks a server on the internet for the address to
print.
"""

import os
from functools import cache

import streamlit as st

from fvapp.core.processor import has_avx
from fvapp.engine.classroom.teachers import TeacherCommands
from fvapp.engine.processes.machine import EVERYWHERE, ONLY_HERE, lan_address
from fvapp.i18n import Translator, locale_language
from fvapp.ui.server.guards import missing_guards_sentence


def print_addresses() -> None:
    """Print the addresses for this computer and for students, in the language of the locale."""
    t = _terminal_translator()
    bound = _bound_address()
    students = lan_address() if bound in EVERYWHERE else bound
    lines = ["", t("server.here", url=_local_url())]
    if bound in ONLY_HERE:
        lines.append(t("server.only_here"))
    elif students is None:
        lines.append(t("server.no_network"))
    else:
        lines.append(t("server.students", url=app_url(students)))
    if not has_avx():
        lines.append(t("errors.no_avx"))
    if missing := missing_guards_sentence(t):
        lines.append(missing)
    print("\n  ".join(lines), end="\n\n", flush=True)


def print_teachers_address(path: str) -> None:
    """Print the private teacher link, which ends with `path`."""
    print(
        f"  {_terminal_translator()('server.teacher', url=_local_url() + path)}",
        end="\n\n",
        flush=True,
    )


@cache
def log_teachers_paths(teachers: TeacherCommands) -> None:
    """Print the path of the private teacher link, now and whenever a new link replaces it.

    On a host that ignores ``st.App`` and runs ``app.py`` only as a script, the script calls this
    function instead of the server. The path then appears in the host's log.
    """
    teachers.show_teachers_addresses(
        lambda path: print(_terminal_translator()("server.teacher_path", path=path), flush=True)
    )


def _terminal_translator() -> Translator:
    return Translator(locale_language(os.environ))


def _bound_address() -> str:
    return st.get_option("server.address") or ""


def _local_url() -> str:
    return app_url("localhost" if _bound_address() in EVERYWHERE else _bound_address())


def configured_port() -> int:
    """Return the port that is set in Streamlit's options."""
    return st.get_option("server.port")


def has_certificate() -> bool:
    """Return whether the server has a certificate, without which browsers block the camera."""
    return st.get_option("server.sslCertFile") is not None


def app_url(host: str, port: int | None = None) -> str:
    """Return the app's URL at a host; `port` overrides the port in Streamlit's options."""
    scheme = "https" if has_certificate() else "http"
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"{scheme}://{host}:{port or configured_port()}" + (f"/{base}" if base else "")
