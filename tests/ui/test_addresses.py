"""The app's addresses that the terminal shows at the start, and that pages show."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fvapp import requirements_check
from fvapp.engine.classroom.teachers_code import TeachersAddress
from fvapp.ui.compat.greeting import HEADER
from fvapp.ui.parts import address
from fvapp.ui.server import addresses, guards

APP = Path(__file__).parents[2] / "app.py"


@dataclass(frozen=True)
class _Teachers:
    show_teachers_addresses: Callable[[Callable[[str], None]], None]


@pytest.fixture
def said(monkeypatch, capsys):
    """Return ``said(lan, locale, address)``: the lines that the server prints."""
    real = st.get_option

    def said(lan="10.1.2.3", locale="en_GB.UTF-8", address=None):
        options = {"server.port": 8501, "server.address": address}
        monkeypatch.setattr(st, "get_option", lambda name: options.get(name) or real(name))
        monkeypatch.setattr(addresses, "lan_address", lambda: lan)
        monkeypatch.setenv("LC_ALL", locale)
        addresses.print_addresses()
        return [line.strip() for line in capsys.readouterr().out.splitlines() if line]

    return said


def test_the_address_of_this_computer_and_that_for_students_are_told_apart(said):
    here, students = said()
    assert here.startswith("Open on this computer") and here.endswith("http://localhost:8501")
    assert students.startswith("Students type") and students.endswith("http://10.1.2.3:8501")


def test_the_teachers_address_stands_below_them_and_each_later_one_too(said, capsys):
    said()
    address = TeachersAddress()
    address.set_address_listener(addresses.print_teachers_address)
    address.show_address_once()
    first = address.address_path
    address.renew_address()
    address.show_address_once()
    lines = [line.strip() for line in capsys.readouterr().out.splitlines() if line]
    for path, line in zip((first, address.address_path), lines, strict=True):
        assert line.startswith("For you") and line.endswith(f"http://localhost:8501{path}")


def test_a_host_without_a_terminal_has_each_of_the_teachers_addresses_in_its_log_once(capsys):
    address = TeachersAddress()
    teachers = _Teachers(address.set_address_listener)
    for _ in range(2):
        addresses.log_teachers_paths(teachers)
    address.renew_address()
    address.show_address_once()
    assert capsys.readouterr().out.count("/teachers?teacher=") == 2


def test_without_a_network_only_this_computer_is_named_and_the_lines_are_in_the_language_of_the_locale(
    said,
):
    here, note = said(lan=None)
    assert "localhost" in here and "network" in note
    assert "學生" in said(locale="zh_HK.UTF-8")[1] and "学生" in said(locale="zh_CN.UTF-8")[1]


def test_a_processor_that_tensorflow_cannot_use_and_a_guard_that_does_not_fit_are_told_at_the_start(
    said, monkeypatch
):
    monkeypatch.setattr(addresses, "has_avx", lambda: False)
    monkeypatch.setattr(guards, "MISSING", {"slow", "log"})
    *_, processor, guard = said()
    assert "AVX" in processor and len(said()) == 4
    assert "lines in the log, messages that come slowly" in guard


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1"])
def test_a_server_bound_to_this_computer_names_no_address_for_students(said, address):
    here, note = said(address=address)
    assert address in here and "server.address" in note


@pytest.mark.parametrize(
    ("seen", "options", "shown"),
    [
        ("http://localhost:8501/compare", {}, "http://10.1.2.3:8501"),
        ("http://127.0.0.1:8501/", {"bound": "0.0.0.0"}, "http://10.1.2.3:8501"),
        # This computer is not connected to a network.
        ("http://localhost:8501/", {"lan": None}, "http://localhost:8501"),
        # The server listens on this computer only.
        ("http://127.0.0.1:8501/", {"bound": "127.0.0.1"}, "http://127.0.0.1:8501"),
        # The page's port differs from the server's, as behind a tunnel.
        ("http://localhost:9000/", {}, "http://localhost:9000"),
        ("https://app.school/missions", {}, "https://app.school"),
        ("", {}, ""),
    ],
)
def test_links_made_at_the_server_name_an_address_that_others_reach(seen, options, shown, seen_at):
    seen_at(seen, **options)
    assert address.app_address() == address.server_address() == shown


@pytest.mark.parametrize(
    ("base", "said", "below", "pages"),
    [
        ("", "%2Ffv", "/fv", "/fv"),  # a proxy removes the path
        ("fv", "%2Ffv", "/fv", "/fv"),
        ("/fv/", "", "/fv", "/fv"),  # the page does not report its path
        ("", "%2F~%2F%2B", "/~/+", ""),  # the app is in Community Cloud's frame
        ("", "%2Fa%2E1%2F~%2F%2B", "/a.1/~/+", "/a.1"),
        *(("", said, "", "") for said in ("%2F%22%3E%3Cb%3E", "fv", "%2F%2Fevil", "%2Fa%40b")),
        *(("", said, "", "") for said in ("%2F" + 70 * "a", "%FF")),
    ],
)
def test_links_below_a_path_go_there_and_files_out_of_a_frame(base, said, below, pages, seen_at):
    seen_at("https://app.school/portal/lesson", base=base, said=f"{'t' * 40}.en...{said}")
    assert address.server_address() == f"https://app.school{below}"
    assert address.app_address() == f"https://app.school{pages}"


@pytest.fixture
def seen_at(said, monkeypatch):
    """Return ``seen_at(url, ...)``: let the script run for a page with this address.

    With `said`, the page reports the path below which it is served.
    """

    def seen_at(
        url: str, bound: str = "", lan: str | None = "10.1.2.3", base: str = "", said: str = ""
    ) -> None:
        options = {"server.address": bound, "server.port": 8501, "server.baseUrlPath": base}
        monkeypatch.setattr(st, "get_option", options.get)
        monkeypatch.setattr(st, "context", SimpleNamespace(url=url, headers={HEADER: said}))
        monkeypatch.setattr(address, "lan_address", lambda: lan)

    return seen_at


def test_a_page_under_packages_that_do_not_fit_is_one_sentence(monkeypatch):
    sentence = requirements_check.find_unmet_requirement((3, 14))
    monkeypatch.setattr(requirements_check, "find_unmet_requirement", lambda: sentence)
    app = AppTest.from_file(str(APP), default_timeout=120).run()
    assert [error.value for error in app.error] == [sentence] and not app.exception
