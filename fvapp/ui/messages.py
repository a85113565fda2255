"""Shows messages to the visitor: errors, confirmations, and problems of the whole app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fvapp.core.errors import EngineError, FvappError
from fvapp.engine.api import LOSSES
from fvapp.i18n import Translator
from fvapp.ui.browser import announce_to_screen_readers, click_id
from fvapp.ui.compat import was_forged_value_dropped

if TYPE_CHECKING:
    from fvapp.engine.embedded import EmbeddedEngine

_NOTICES = "notices"
_FULL = ("limit_disk", "limit_disk_all")  # errors that go away when disk space is freed
# Minimum number of seconds for which a notice stays visible, even if the page is redrawn earlier.
SECONDS = 2.0


@dataclass(eq=False)
class Notice:
    """A sentence that is waiting to be shown or has just been shown, as an "error" or "notice".

    Attributes:
        error_code: the error's code; empty for a notice, and for an error without a code.
        shown_at: when a complete page first showed the sentence, by the monotonic clock; None
            until then.
    """

    kind: str
    text: str
    error_code: str = ""
    shown_at: float | None = None

    @property
    def is_visible(self) -> bool:
        """Whether a page drawn now shows this notice."""
        return self.shown_at is None or monotonic() - self.shown_at < SECONDS


@dataclass
class Messages:
    """The messages shown to the visitor in one script run.

    Attributes:
        t: the translator of the visitor's language.
        engine: the engine, whose status reports problems of the whole app.
        can_browser_store: False if the browser stores nothing, so that runs are lost when the tab
            is closed.
        workspace_error: why the workspace could not be opened, or None.
        token: the workspace's token.
    """

    t: Translator
    engine: EmbeddedEngine
    can_browser_store: bool = True
    workspace_error: FvappError | None = None
    token: str = ""
    _message_area: DeltaGenerator | None = None
    _trouble_sentences: tuple[str, ...] = ()
    _shown_notices: tuple[Notice, ...] = ()
    _drawn_texts: set[str] = field(default_factory=set)

    def draw_message_area(self) -> None:
        """Draw the page's message area, with the errors and notices that wait to be shown.

        Call this method once on each page, also inside a fragment.
        """
        self._message_area = st.container(key="message")
        self._drawn_texts.clear()
        self._trouble_sentences = self._find_trouble_sentences()
        for text in self._trouble_sentences:
            self._draw_or_queue_message("error", text)
        if self.engine.engine_status().store_error_code in LOSSES:
            self._message_area.button(
                self.t("workspace.loss_read"),
                key="loss_read",
                icon=":material/check:",
                on_click=self.engine.data_loss_notice.mark_notice_read,
            )

        if not self.can_browser_store:
            self.show_notice(self.t("workspace.not_kept"))
        if was_forged_value_dropped():
            self._draw_or_queue_message("error", self.t("errors.value_not_understood"))
        notices = st.session_state[_NOTICES] = [
            notice for notice in st.session_state.get(_NOTICES, ()) if notice.is_visible
        ]
        self._shown_notices = tuple(notices)
        for notice in notices:
            self._draw_or_queue_message(notice.kind, notice.text, notice.error_code)

    def note_notices_shown(self) -> None:
        """Record that a complete page has shown the notices.

        Call this method at the end of a script run, so that the notices of an interrupted run are
        shown again.
        """
        for notice in self._shown_notices:
            notice.shown_at = notice.shown_at or monotonic()

    def show_error(self, error: FvappError) -> None:
        """Show an error in the page's message area, in one sentence."""
        self._draw_or_queue_message("error", error.to_sentence(self.t), error.code)

    def show_error_here(self, error: FvappError) -> None:
        """Show an error where the page is being drawn, for example beside the field it concerns."""
        draw_message("error", error.to_sentence(self.t))

    def show_notice(self, text: str) -> None:
        """Show the visitor a sentence that is not an error."""
        self._draw_or_queue_message("notice", text)

    def queue_error(self, error: FvappError) -> None:
        """Queue an error in a callback, for the next time the page is drawn."""
        queue_message(error.to_sentence(self.t), "error", error.code)

    def queue_default_used(self, error: FvappError) -> None:
        """Queue a notice that a value from the URL is invalid and its default is used instead."""
        queue_message(self.t("common.default_instead", reason=error.to_sentence(self.t)))

    def showing_errors(self) -> AbstractContextManager[None]:
        """Return a context manager that catches an error and shows it in the message area."""
        return _catch_errors(self.show_error)

    def showing_errors_here(self) -> AbstractContextManager[None]:
        """Return a context manager that catches an error and shows it at the current place."""
        return _catch_errors(self.show_error_here)

    def queueing_errors(self, but: str = "") -> AbstractContextManager[None]:
        """Return a context manager that shows a caught error when the page is next drawn.

        Args:
            but: code of an error to ignore.
        """
        return _catch_errors(self.queue_error, but)

    def has_new_messages(self) -> bool:
        """Return whether there are messages that the page does not show yet."""
        waiting = any(
            notice not in self._shown_notices for notice in st.session_state.get(_NOTICES, ())
        )
        return waiting or self._find_trouble_sentences() != self._trouble_sentences

    def _find_trouble_sentences(self) -> tuple[str, ...]:
        """Return sentences about problems with the disk, with training or with the workspace."""
        status = self.engine.engine_status()
        sentences = []
        if status.store_error_code is not None:
            sentences.append(
                EngineError(status.store_error_code, **status.store_error_values).to_sentence(
                    self.t
                )
            )
        if status.state == "failed" and status.failure_code is not None:
            sentences.append(self.t(f"errors.{status.failure_code}"))
        if self.workspace_error is not None:
            sentences = [
                self.workspace_error.to_sentence(self.t),
                self.t("workspace.closed"),
                *sentences,
            ]
        return tuple(dict.fromkeys(sentences))

    def _free_disk_space(self) -> None:
        with self.queueing_errors():
            freed = self.engine.runs.delete_films(self.token)
            queue_message(
                self.t("workspace.made_room", mb=f"{freed / 2**20:.0f}")
                if freed
                else self.t("workspace.no_room_left")
            )

    def _draw_or_queue_message(self, kind: str, text: str, code: str = "") -> None:
        if self._message_area is None:
            queue_message(text, kind, code)
        elif text not in self._drawn_texts:
            self._drawn_texts.add(text)
            with self._message_area:
                draw_message(kind, text)
            if code in _FULL:
                with self._message_area.popover(self.t("workspace.make_room"), key="make_room"):
                    st.markdown(self.t("workspace.make_room_help"))
                    st.button(
                        self.t("workspace.make_room_now"),
                        key="make_room_now",
                        on_click=self._free_disk_space,
                    )


@contextmanager
def _catch_errors(say: Callable[[FvappError], None], but: str = "") -> Iterator[None]:
    try:
        yield
    except FvappError as error:
        if error.code != but:
            say(error)


def queue_message(text: str, kind: str = "notice", code: str = "") -> None:
    """Queue a sentence for the next drawing of the page, unless it is already queued or shown."""
    kept = st.session_state.setdefault(_NOTICES, [])
    if not any(notice.is_visible and (notice.kind, notice.text) == (kind, text) for notice in kept):
        kept.append(Notice(kind, text, code))


def draw_message(kind: str, text: str) -> None:
    """Draw one sentence as an "error" or a "notice", which screen readers read out."""
    # Errors may quote a visitor's input or a file name, so Markdown and HTML are escaped.
    (st.error if kind == "error" else st.info)(escape_markdown(text))
    if kind == "notice":
        name = click_id("notice", text)
        announce_to_screen_readers(name, name, text, fresh=True)


def escape_markdown(text: str) -> str:
    """Return the text escaped, so that Streamlit's Markdown shows it unchanged."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>()#+-.!|~$:" else c for c in text)
