"""The visitor of this script run: language, workspace, engine, and what is to be said to them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fvapp.core.classroom.roster import Classroom, Seat
from fvapp.core.errors import EngineError, FvappError
from fvapp.core.settings import RunSettings
from fvapp.engine.api import LOSSES
from fvapp.i18n import Translator
from fvapp.ui.browser.live import draw_live
from fvapp.ui.browser.said import announce
from fvapp.ui.compat import was_value_dropped
from fvapp.ui.kept_settings import change_settings, settings_now
from fvapp.ui.parts.run_words import epoch_words

if TYPE_CHECKING:
    from fvapp.engine.embedded import EmbeddedEngine

_NOTICES = "notices"
WORKSPACES_BEFORE = "workspaces_before"


@dataclass
class Visit:
    """What every page is given.

    Attributes:
        t: the translator of the visitor's language.
        engine: where commands go.
        token: of the workspace.
        kept: False where runs end with the tab, because the browser cannot keep anything.
        closed: why the workspace could not be opened, or None.
        page: name of the page.
        in_class: the class that this teacher holds, or the seat of this student in one; None for almost everybody.
    """

    t: Translator
    engine: EmbeddedEngine
    token: str
    kept: bool = True
    closed: FvappError | None = None
    page: str = ""
    in_class: Classroom | Seat | None = None
    _area: DeltaGenerator | None = None
    _trouble: tuple[str, ...] = ()
    _shown: tuple[tuple[str, str], ...] = ()
    _said: set[str] = field(default_factory=set)
    _live: bool = False
    _begun: int = 0

    @property
    def settings(self) -> RunSettings:
        """The settings of the next run, as the visitor last left them on any page; at first with their own seed."""
        return settings_now(self.engine, self.token)

    @property
    def hidden_settings(self) -> frozenset[str]:
        """Controls of the train page that the teacher of this student's class has hidden."""
        return frozenset(self.in_class.steering.settings) if isinstance(self.in_class, Seat) else frozenset()

    def opens(self, mission: str) -> bool:
        """Return whether the teacher of this student's class, if there is one, has opened a mission."""
        return not isinstance(self.in_class, Seat) or self.in_class.steering.allows(mission)

    @property
    def workspaces_before(self) -> int:
        """How many workspaces this tab has left."""
        return st.session_state.get(WORKSPACES_BEFORE, 0)

    def set_settings(self, settings: RunSettings) -> None:
        """Take over the settings of the next run, and keep them in the workspace."""
        change_settings(self.engine, self.token, settings)

    def begin(self) -> None:
        """Note what the engine calls the latest change before anything that the page shows is read."""
        self._begun = self._version()

    def find_class(self) -> Classroom | Seat | None:
        """Return what `in_class` is now."""
        try:
            return self.engine.teachers.open_class(self.token) or self.engine.students.seat(self.token)
        except FvappError:
            return None

    def show_messages(self) -> None:
        """Draw the page's place for errors and notices, with those that wait in it.

        Once a page, inside a fragment too.
        """
        self._area = st.container(key="message")
        self._said.clear()
        self._trouble = self._find_trouble()
        for text in self._trouble:
            self._write("error", text)
        if self.engine.status().store in LOSSES:
            name = self.t("workspace.loss_read")
            self._area.button(name, key="loss_read", icon=":material/check:", on_click=self.engine.note_loss_read)
        if not self.kept:
            self.say(self.t("workspace.not_kept"))
        if was_value_dropped():
            self._write("error", self.t("errors.value_not_understood"))
        self._shown = tuple(st.session_state.get(_NOTICES, ()))
        for kind, text in self._shown:
            self._write(kind, text)

    def drop_shown(self) -> None:
        """Forget the notices that were drawn, as the page is whole now. After a run cut short they are drawn again."""
        waiting = [notice for notice in st.session_state.pop(_NOTICES, ()) if notice not in self._shown]
        if waiting:
            st.session_state[_NOTICES] = waiting
        self._shown = ()

    def say_error(self, error: FvappError) -> None:
        """Tell the visitor what went wrong, in one sentence, in the place that `show_messages` made."""
        self._write("error", error.sentence(self.t))

    def say_error_here(self, error: FvappError) -> None:
        """The same right here, beside the field that is meant."""
        write_message(st, "error", error.sentence(self.t))

    def say(self, text: str) -> None:
        """Tell the visitor something that is no error."""
        self._write("notice", text)

    def say_error_next(self, error: FvappError) -> None:
        """The same from a callback: shown when the page is drawn next."""
        say_next(error.sentence(self.t), kind="error")

    def page_title(self) -> str:
        """Return what the browser's tab says: the page, and how far a run is that trains."""
        page = self.t(f"pages.{self.page}")
        try:
            trains = [record for record in self.engine.runs(self.token) if record.state == "running"]
        except FvappError:
            trains = []
        return f"{epoch_words(trains[0])} · {page}" if trains else f"{page} · fvapp"

    def draw_live(self, key: str, draw: Callable[[], bool], version: Callable[[], int] | None = None) -> None:
        """Draw the part of a page that is drawn again by itself whenever something changed.

        The whole page is drawn again instead when it has something to say that stands elsewhere.

        Args:
            key: of the part, different on each page.
            draw: draws the part; returns whether a run of the visitor waits or trains.
            version: of the latest change that is drawn; by default the engine's when the part begins.
        """

        def part() -> bool:
            changed = self._find_trouble() != self._trouble or self.find_class() != self.in_class
            if changed or set(st.session_state.get(_NOTICES, ())) - set(self._shown):
                st.rerun()
            return draw()

        self._live = True
        # Where the live socket opens, that starts the engine; a page without one asks.
        draw_live(key, self.token, version or self._version, self.page_title, part, asked=self.engine.start)

    def watch(
        self, page_state: Callable[[], object] = lambda: None, drawn: object = None, under_way: bool = False
    ) -> None:
        """Draw the whole page again when `page_state` is no longer what it was; for pages without a live part.

        Args:
            drawn: what the page shows of it, read before the page was drawn: what changed since is still to come.
            under_way: whether a run of the visitor waits or trains.
        """
        if self._live:
            return
        looked = False

        def version() -> int:
            return self._version() if looked else self._begun

        def rerun_if_changed() -> bool:
            nonlocal looked
            # Not in the run that draws the page: where epochs are shorter than that, it would never end.
            if looked and page_state() != drawn:
                st.rerun()
            looked = True
            return under_way or self.in_class is not None

        self.draw_live("page", rerun_if_changed, version)

    def _version(self) -> int:
        try:
            return self.engine.version(self.token)
        except FvappError as error:
            if error.code in ("workspace_gone", "unknown_workspace"):
                st.rerun()  # left or deleted in another tab: the visit begins anew
            return 0

    def _find_trouble(self) -> tuple[str, ...]:
        """Return what is wrong with the whole app, in sentences: with the disk, with the training processes."""
        status = self.engine.status()
        said = []
        if status.store is not None:
            said.append(EngineError(status.store, **status.store_values).sentence(self.t))
        if status.state == "failed" and status.reason is not None:
            said.append(self.t(f"errors.{status.reason}"))
        if self.closed is not None:
            said = [self.closed.sentence(self.t), self.t("workspace.closed"), *said]
        return tuple(dict.fromkeys(said))

    def _write(self, kind: str, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            write_message(self._area, kind, text)
            if kind == "notice":
                name = click_id("notice", text)
                with self._area:
                    announce(name, name, text, fresh=True)


def say_next(text: str, kind: str = "notice") -> None:
    """Keep a sentence until the page is drawn next."""
    st.session_state.setdefault(_NOTICES, []).append((kind, text))


def click_id(what: str, *parts: object) -> str:
    """Return a name for what a click asks for: the same again within a moment is the same click, come twice."""
    return f"{what}:{zlib.crc32(repr(parts).encode()):08x}"


def write_message(area: DeltaGenerator, kind: str, text: str) -> None:
    """Draw one sentence as an "error" or a "notice"."""
    # Errors may repeat what a visitor typed or a file is called: no Markdown, no HTML.
    (area.error if kind == "error" else area.info)(plain(text))


def plain(text: str) -> str:
    """Return a text that stands as it is where Streamlit reads Markdown."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>()#+-.!|~$:" else c for c in text)
