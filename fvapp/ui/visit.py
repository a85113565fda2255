"""Describes the visitor to each page, and redraws the page when something changes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from fvapp.core.classroom import SAME_IMAGES, Classroom, HuntBudget, StudentClassView
from fvapp.core.classroom.kinds import KINDS
from fvapp.core.dataset_table import DATASETS
from fvapp.core.errors import FvappError
from fvapp.core.missions.progress import NOTE, MissionProgress, read_progress
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.wording import epoch_words
from fvapp.engine.api import SHUT
from fvapp.i18n import Translator
from fvapp.ui.browser import draw_live_fragment
from fvapp.ui.kept_settings import current_settings, set_next_run_settings
from fvapp.ui.messages import Messages

if TYPE_CHECKING:
    from fvapp.core.events import Event
    from fvapp.core.inspection import Network
    from fvapp.engine.embedded import EmbeddedEngine

WORKSPACES_BEFORE = "workspaces_before"
CLASSES_SHOWN = "classes_shown"
"""Session state key of a dictionary with the ids of the school classes that the tab has shown.

Each key is a class id from the page's address, or "" for the class shown last.
"""


def translator_for_dataset(t: Translator, dataset: str) -> Translator:
    """Return a translator that says "strips" (of text) instead of "images" for a text data set."""
    return t.for_text_data() if DATASETS[dataset].text else t


@dataclass
class Visit:
    """The visitor of a script run, passed to every page.

    Attributes:
        t: the translator of the visitor's language.
        engine: the engine, which receives the page's commands.
        token: the workspace's token.
        messages: the messages to the visitor.
        page_name: name of the current page.
        class_or_seat: the teacher's open class that this tab shows, or a student's seat (place in
            a class); None outside a class.
        first_field_key: key of the field that has the focus when the page is opened.
        form_key: key of the container in which Enter in a field presses the primary button.
    """

    t: Translator
    engine: EmbeddedEngine
    token: str
    messages: Messages
    page_name: str = ""
    class_or_seat: Classroom | StudentClassView | None = None
    first_field_key: str | None = None
    form_key: str | None = None
    _has_live_part: bool = False
    _version_at_start: int = 0

    @property
    def seat(self) -> StudentClassView | None:
        """The student's seat (place in a class), or None for anybody else."""
        return self.class_or_seat if isinstance(self.class_or_seat, StudentClassView) else None

    @property
    def settings(self) -> RunSettings:
        """The next run's settings, as last set on any page, else as stored in the workspace."""
        return current_settings(self.engine, self.token)

    @property
    def hidden_settings(self) -> frozenset[str]:
        """Names of settings that the train page hides, by the teacher's choice or in a hunt.

        A hunt is a contest for the best network, in which all students use the same images.
        """
        hidden = self.seat.teacher_controls.settings if self.seat else ()
        return frozenset((*hidden, "dataset", *SAME_IMAGES) if self.hunt_budget else hidden)

    @property
    def hunt_budget(self) -> HuntBudget | None:
        """Limits on networks in the student's current hunt; None outside a hunt.

        A hunt is a contest for the best network.
        """
        current = self.seat and self.seat.round
        return KINDS[current.kind].hunt_budget(current) if current else None

    def for_dataset(self, dataset: str) -> Visit:
        """Return a copy that says "strips" (of text) instead of "images" for a text data set.

        Attributes that are set on the copy have no effect on the page.
        """
        return replace(self, t=translator_for_dataset(self.t, dataset))

    def allows_mission(self, mission: str) -> bool:
        """Return whether the visitor may open a mission; in a class, the teacher decides."""
        return self.seat is None or self.seat.teacher_controls.allows_mission(mission)

    @property
    def left_workspace_count(self) -> int:
        """Number of workspaces that this tab has switched away from."""
        return st.session_state.get(WORKSPACES_BEFORE, 0)

    def read_runs(self) -> tuple[RunRecord, ...]:
        """Return the visitor's runs, oldest first.

        If the runs cannot be read, show the error and return an empty tuple.
        """
        with self.messages.showing_errors():
            return self.engine.runs.list_runs(self.token)
        return ()

    def load_network(self, model: str) -> Network:
        """Return a run's network, given its id, or a data set's shipped network, given its name.

        Raises:
            FvappError: the run has no weights yet, or no longer exists.
        """
        return self.engine.answers.load_network(self.token, model)

    def read_events(self, record: RunRecord) -> tuple[Event, ...]:
        """Return all events of a run.

        Raises:
            EngineError: the run no longer exists.
        """
        return self.engine.runs.read_events(self.token, record.id)[0]

    def read_note(self, name: str) -> object | None:
        """Return a value that a page has stored in the workspace under this name, or None.

        The value may be anything that a browser has sent.

        Raises:
            FvappError: the workspace cannot be opened.
        """
        return self.engine.notes.read_note(self.token, name)

    def read_progress(self) -> dict[str, MissionProgress]:
        """Return the visitor's progress, by mission; raises the same errors as `read_note`."""
        return read_progress(self.read_note(NOTE))

    def store_settings(self, settings: RunSettings) -> None:
        """Set the settings of the next run, and store them in the workspace."""
        set_next_run_settings(self.engine, self.token, settings)

    def note_engine_version(self) -> None:
        """Record the number of the engine's latest change.

        Call this method before the page reads any data.
        """
        self._version_at_start = self._engine_version()

    def find_class_or_seat(self) -> Classroom | StudentClassView | None:
        """Return the latest state of a teacher's class or of a student's seat (place in a class).

        Return None outside a class.

        If the teacher has several open classes, return the class in the address, else the class
        that this tab showed last, else the class used last.
        """
        asked = st.query_params.get("class", "")
        shown = st.session_state.get(CLASSES_SHOWN, {}).get("")
        try:
            opened = self.engine.teachers.open_classes_of_teacher(self.token)
            classes = {classroom.id: classroom for classroom in opened}
            own = classes.get(asked) or classes.get(shown) or next(iter(opened), None)
            return own or self.engine.students.find_own_seat(self.token)
        except FvappError:
            return None

    def page_title(self) -> str:
        """Return the browser tab's title: the page's name and any current run's progress."""
        page = self.t(f"pages.{self.page_name}")
        trains: list[RunRecord] = []
        with suppress(FvappError):  # the page itself reports the error
            trains = [
                record
                for record in self.engine.runs.list_runs(self.token)
                if record.state == "running"
            ]
        return f"{epoch_words(trains[0])} · {page}" if trains else f"{page} · fvapp"

    def draw_live_part(
        self, key: str, draw: Callable[[], bool], version: Callable[[], int] | None = None
    ) -> None:
        """Draw the part of a page that redraws itself whenever something changes.

        The whole page is redrawn instead if there are new messages or the class has changed.

        Args:
            key: the part's key, different on each page.
            draw: draws the part; returns whether a run of the visitor is waiting or in training.
                If it raises an error, the error is shown below what is already drawn.
            version: returns the number of the latest change that the part shows; by default, the
                engine's latest change when the part starts.
        """

        def draw_part() -> bool:
            if self.messages.has_new_messages() or self.find_class_or_seat() != self.class_or_seat:
                st.rerun()
            with self.messages.showing_errors_here():
                return draw()
            return False

        self._has_live_part = True
        draw_live_fragment(
            key, self.token, version or self._engine_version, self.page_title, draw_part
        )

    def watch_page_state(
        self,
        page_state: Callable[[], object] = lambda: None,
        drawn: object = None,
        under_way: bool = False,
    ) -> None:
        """Redraw the whole page when `page_state()` changes.

        On a page that has called `draw_live_part`, this method does nothing.

        Args:
            drawn: the state that the page shows, read before it was drawn, so that no later change
                is missed.
            under_way: whether a run of the visitor is waiting or in training.
        """
        if self._has_live_part:
            return
        has_checked = False

        def page_version() -> int:
            return self._engine_version() if has_checked else self._version_at_start

        def rerun_if_changed() -> bool:
            nonlocal has_checked
            # The first check comes after the script run that draws the page. Otherwise, if an epoch
            # ended during each script run, the page would be redrawn forever.
            if has_checked and page_state() != drawn:
                st.rerun()
            has_checked = True
            return under_way or self.class_or_seat is not None

        self.draw_live_part("page", rerun_if_changed, page_version)

    def _engine_version(self) -> int:
        try:
            return self.engine.workspaces.latest_change_number(self.token)
        except FvappError as error:
            if error.code in (*SHUT, "unknown_workspace"):
                st.rerun()  # begin a new visit, as the workspace was left, deleted, moved or closed
            return 0
