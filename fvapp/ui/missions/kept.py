"""A visitor's progress in the missions, kept with the workspace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.links import TeacherLink
from fvapp.core.missions import MISSIONS, Mission, Verdict
from fvapp.core.missions.progress import NOTE, Progress, read_progress, write_progress
from fvapp.core.runs import RunRecord
from fvapp.core.seeds import own_seed
from fvapp.core.settings import RunSettings
from fvapp.ui.visit import Visit

_BASE = "mission_base"
_FIRST = "mission_first"
OPENED = "mission_opened"
"""Where the page keeps the id of the mission that is open."""


@dataclass
class OpenMission:
    """One mission as this visitor does it.

    Attributes:
        progress: of all missions.
        base: what a teacher's link sets for the runs.
        records: the mission's runs, as they were when the screen was begun.
    """

    visit: Visit
    mission: Mission
    progress: dict[str, Progress]
    base: RunSettings
    records: tuple[RunRecord, ...] = ()

    @property
    def own(self) -> Progress:
        return self.progress[self.mission.id]

    @property
    def settings(self) -> tuple[RunSettings, ...]:
        """The settings of the mission's runs, with the visitor's choices."""
        return self.mission.settings(self.base, self.own.variant)

    @property
    def trainings(self) -> tuple[RunSettings, ...]:
        """The settings of all that is trained for the mission."""
        return self.mission.trainings(self.base, self.own.variant)

    def say(self, key: str) -> str:
        """Return words of the mission, with the numbers of the runs that it trains here."""
        return self.visit.t(f"missions.{key}", **self.mission.numbers(self.base))

    @property
    def first_settings(self) -> RunSettings:
        """What the form is given where one goes on by oneself."""
        return self.settings[0] if self.settings else RunSettings(dataset=self.mission.dataset)

    @property
    def claims(self) -> tuple[tuple[str, Sequence[str]], ...]:
        """The words of each claim, and what can be predicted of it."""
        mission = self.mission
        second = mission.second and (
            f"{mission.id}.{mission.second.name}",
            mission.second.predictions,
        )
        return ((mission.id, mission.predictions), *filter(None, (second,)))

    @property
    def kept_verdicts(self) -> tuple[Verdict, Verdict | None] | None:
        """The verdicts that were drawn before; None where there are none that still have words."""
        kept = self.own.verdicts
        claims = self.claims
        if len(kept) != len(claims):
            return None
        try:
            for verdict, (claim, _) in zip(kept, claims, strict=True):
                verdict.sentences(claim, self.visit.t)
        except KeyError:  # the words of this version want other values
            return None
        return kept[0], kept[1] if self.mission.second else None

    def find_runs(self) -> tuple[RunRecord, ...]:
        """Return the mission's runs; none when one of them was deleted."""
        try:
            return tuple(self.visit.engine.runs.get(self.visit.token, run) for run in self.own.runs)
        except FvappError:
            return ()

    def keep(self, **values: object) -> None:
        """Change the visitor's progress in this mission and keep it."""
        self.keep_all(self.own.having(**values))

    def keep_all(self, own: Progress) -> None:
        """Keep `own` as the visitor's progress in this mission."""
        if own == self.own:
            return
        mission = self.mission.id
        self.progress[self.mission.id] = own

        def change(note: object | None) -> dict[str, object]:
            # Of this mission alone: another tab may have gone on in the others since this one read
            # them.
            return write_progress({**read_progress(note), mission: own})

        with self.visit.messages.errors_said_next():
            self.visit.engine.notes.change(self.visit.token, NOTE, change)


def kept_progress(visit: Visit) -> dict[str, Progress]:
    """Return the visitor's progress by mission."""
    with visit.messages.errors_said():
        return read_progress(visit.engine.notes.read(visit.token, NOTE))
    return read_progress(None)


def link_base(visit: Visit) -> RunSettings:
    """Return what the last teacher's link set, for as long as the browser's tab is open; the seed
    is the visitor's own where it set none."""
    link: TeacherLink = st.session_state.get(_BASE, TeacherLink(own_seed=True))
    return link.settings.with_values(seed=own_seed(visit.token)) if link.own_seed else link.settings


def keep_link_base(link: TeacherLink) -> None:
    st.session_state[_BASE] = link


def opened_mission(progress: Mapping[str, Progress]) -> Mission:
    """Return the mission that is open: where none was opened, the first that was not done when the
    page was opened.
    """
    state = st.session_state
    undone = (one.id for one in MISSIONS.values() if not progress[one.id].done(one))
    # Kept: when it is done, the next one does not take its place by itself, nor on the browser's
    # way back.
    first = state.setdefault(_FIRST, next(undone, next(iter(MISSIONS))))
    return MISSIONS[state.setdefault(OPENED, first)]


def open_mission(mission: str | None) -> None:
    """Open a mission; the address says so too, so that a refresh finds it again. None: the first
    one.
    """
    st.session_state.pop(OPENED, None)
    if mission is not None:
        st.session_state[OPENED] = mission
        st.query_params["mission"] = MISSIONS[mission].mark
