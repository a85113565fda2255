"""Keeps track of the open mission, and of progress in missions, which the workspace stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from fvapp.core.datasets import Dataset
from fvapp.core.errors import FvappError
from fvapp.core.links import TeacherLink
from fvapp.core.missions import MISSIONS, Mission, MissionVerdict
from fvapp.core.missions.progress import (
    NOTE,
    MissionProgress,
    read_progress,
    unfinished_missions,
    write_progress,
)
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.seeds import workspace_seed
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator
from fvapp.ui.parts import open_dataset
from fvapp.ui.visit import Visit

_BASE = "mission_base"
_FIRST = "mission_first"
OPENED = "mission_opened"
"""Session state key of the open mission's id."""


@dataclass
class OpenMission:
    """A mission that a visitor has opened, with the visitor's progress, settings and runs.

    Attributes:
        progress_by_mission: the visitor's progress in each mission, by the mission's id.
        link_settings: the settings from the teacher's link, or defaults without a link.
        run_records: the records of the mission's runs, as read just before the screen is drawn.
    """

    visit: Visit
    mission: Mission
    progress_by_mission: dict[str, MissionProgress]
    link_settings: RunSettings
    run_records: tuple[RunRecord, ...] = ()

    @property
    def t(self) -> Translator:
        return self.visit.t

    @property
    def dataset(self) -> Dataset:
        """The data set that the mission uses.

        Raises:
            DatasetError: the data set's files are damaged.
        """
        return open_dataset(self.mission.dataset)

    @property
    def is_training(self) -> bool:
        return any(record.state not in FINISHED for record in self.run_records)

    @property
    def mission_progress(self) -> MissionProgress:
        return self.progress_by_mission[self.mission.id]

    @property
    def run_settings(self) -> tuple[RunSettings, ...]:
        """The settings of the runs that the mission shows, including the visitor's choices."""
        return self.mission.run_settings(self.link_settings, self.mission_progress.variant)

    @property
    def all_training_settings(self) -> tuple[RunSettings, ...]:
        """The settings of all training runs that the mission needs, even if some are not shown."""
        return self.mission.training_settings(self.link_settings, self.mission_progress.variant)

    def mission_text(self, key: str) -> str:
        """Return one of the mission's texts, with numbers from its settings filled in."""
        return self.t(f"missions.{key}", **self.mission.image_counts_for_texts(self.link_settings))

    @property
    def settings_for_form(self) -> RunSettings:
        """The settings with which a visitor can continue to experiment on the train page."""
        return (
            self.run_settings[0] if self.run_settings else RunSettings(dataset=self.mission.dataset)
        )

    @property
    def claim_keys_and_predictions(self) -> tuple[tuple[str, Sequence[str]], ...]:
        """For each guess question of the mission, the key of its texts and the possible guesses."""
        mission = self.mission
        first = mission.id, mission.predictions
        second = mission.second_prediction
        if second is None:
            return (first,)
        return first, (f"{mission.id}.{second.name}", second.predictions)

    @property
    def stored_verdicts(self) -> tuple[MissionVerdict, MissionVerdict | None] | None:
        """The stored verdicts on the guesses; None if missing or from an incompatible version."""
        kept = self.mission_progress.verdicts
        claims = self.claim_keys_and_predictions
        if len(kept) != len(claims):
            return None
        try:
            for verdict, (claim, _) in zip(kept, claims, strict=True):
                verdict.verdict_sentences(claim, self.t)
        except KeyError:  # the app's current texts need values that the stored verdict lacks
            return None
        return kept[0], kept[1] if self.mission.second_prediction else None

    def read_run_records(self) -> tuple[RunRecord, ...]:
        """Return the mission's runs, or an empty tuple if any of the runs was deleted."""
        try:
            return tuple(
                self.visit.engine.runs.get_run(self.visit.token, run)
                for run in self.mission_progress.runs
            )
        except FvappError:
            return ()

    def update_progress(self, **values: object) -> None:
        """Change fields of the visitor's progress in this mission, and save it."""
        self.save_progress(self.mission_progress.with_values(**values))

    def save_progress(self, progress: MissionProgress) -> None:
        """Save `progress` as the visitor's progress in this mission."""
        if progress == self.mission_progress:
            return
        self.progress_by_mission[self.mission.id] = progress

        def merge_progress_into_note(note: object | None) -> dict[str, object]:
            # Only this mission's progress is changed, since another tab may have saved progress in
            # other missions after this tab read the stored progress.
            return write_progress({**read_progress(note), self.mission.id: progress})

        with self.visit.messages.queueing_errors():
            self.visit.engine.notes.change_note(self.visit.token, NOTE, merge_progress_into_note)


def read_stored_progress(visit: Visit) -> dict[str, MissionProgress]:
    """Return the visitor's progress, by mission id; show any error and return no progress."""
    with visit.messages.showing_errors():
        return visit.read_progress()
    return read_progress(None)


def settings_from_teacher_link(visit: Visit) -> RunSettings:
    """Return the settings of the teacher's link last opened in this tab, or the defaults.

    If the link set no seed, the visitor's own seed is used.
    """
    link: TeacherLink = st.session_state.get(_BASE, TeacherLink(uses_own_seed=True))
    return (
        link.settings.with_values(seed=workspace_seed(visit.token))
        if link.uses_own_seed
        else link.settings
    )


def keep_teacher_link(link: TeacherLink) -> None:
    st.session_state[_BASE] = link


def current_mission(progress: Mapping[str, MissionProgress]) -> Mission:
    """Return the open mission; at the start of a session, it is the first unfinished mission."""
    state = st.session_state
    # The first unfinished mission is stored in the session. Otherwise, finishing that mission or
    # going back in the browser would open the next mission.
    first = state.setdefault(_FIRST, (*unfinished_missions(progress), *MISSIONS)[0])
    return MISSIONS[state.setdefault(OPENED, first)]


def open_mission(mission: str | None) -> None:
    """Open a mission and put it into the URL, so that the mission stays open after a reload.

    Given None, open the session's first mission, and leave the URL unchanged.
    """
    st.session_state.pop(OPENED, None)
    if mission is not None:
        st.session_state[OPENED] = mission
        st.query_params["mission"] = MISSIONS[mission].short_name
