"""A visitor's progress in the missions, kept with the workspace."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fvapp.core.errors import FvappError
from fvapp.core.lessons import MISSIONS, Mission
from fvapp.core.lessons.progress import Progress, read_progress, write_progress
from fvapp.core.links import LessonLink
from fvapp.core.seeds import own_seed
from fvapp.core.settings import RunSettings
from fvapp.ui.visit import Visit

NOTE = "lessons"
_BASE = "lesson_base"
_OPENED = "lesson_mission"


@dataclass
class Lesson:
    """One mission as this visitor does it.

    Attributes:
        progress: of all missions.
        base: what a teacher's link sets for the runs.
        verdict_place: where the verdict is drawn, once there is a result.
    """

    visit: Visit
    mission: Mission
    progress: dict[str, Progress]
    base: RunSettings
    verdict_place: DeltaGenerator | None = None

    @property
    def own(self) -> Progress:
        return self.progress[self.mission.id]

    @property
    def settings(self) -> tuple[RunSettings, ...]:
        """The settings of the mission's runs, with the visitor's choices."""
        return self.mission.settings(self.base, self.own.variant)

    @property
    def first_settings(self) -> RunSettings:
        """What the form is given where one goes on by oneself."""
        return self.settings[0] if self.settings else RunSettings(dataset=self.mission.dataset)

    def keep(self, **values: object) -> None:
        """Change the visitor's progress in this mission and keep it."""
        self.keep_all(self.own.having(**values))

    def keep_all(self, own: Progress) -> None:
        """Keep `own` as the visitor's progress in this mission."""
        if own == self.own:
            return
        mission, self.progress[self.mission.id] = self.mission.id, own

        def change(note: object | None) -> dict[str, object]:
            # Of this mission alone: another tab may have gone on in the others since this one read them.
            return write_progress({**read_progress(note), mission: own})

        try:
            self.visit.engine.change_note(self.visit.token, NOTE, change)
        except FvappError as error:
            self.visit.say_error_next(error)


def kept_progress(visit: Visit) -> dict[str, Progress]:
    """Return the visitor's progress by mission."""
    try:
        return read_progress(visit.engine.read_note(visit.token, NOTE))
    except FvappError as error:
        visit.say_error(error)
        return read_progress(None)


def link_base(visit: Visit) -> RunSettings:
    """Return what the last teacher's link set, for as long as the browser's tab is open; the seed is the visitor's own
    where it set none."""
    link: LessonLink = st.session_state.get(_BASE, LessonLink(own_seed=True))
    return link.settings.with_values(seed=own_seed(visit.token)) if link.own_seed else link.settings


def keep_link_base(link: LessonLink) -> None:
    st.session_state[_BASE] = link


def opened_mission() -> Mission:
    """Return the mission that is open; the first when none was opened yet."""
    return MISSIONS[st.session_state.get(_OPENED, next(iter(MISSIONS)))]


def open_mission(mission: str) -> None:
    """Open a mission; the address says so too, so that a refresh finds it again."""
    st.session_state[_OPENED] = mission
    st.query_params["mission"] = MISSIONS[mission].mark
