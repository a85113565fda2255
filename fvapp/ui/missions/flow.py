"""Defines a mission's usual flow from the guess to the questions: train, watch, judge."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fvapp.core.missions import MissionRun, MissionVerdict
from fvapp.core.runs import RunRecord
from fvapp.core.wording import class_names
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.results import draw_runs_table, draw_verdict_picture
from fvapp.ui.missions.start import draw_train_button
from fvapp.ui.missions.watch import draw_runs_in_training, read_mission_trials

Verdicts = tuple[MissionVerdict | None, MissionVerdict | None]
"""The verdicts on a mission's first and second guess; None where there is no verdict."""


class MissionFlow:
    """The usual flow of a mission: train its runs, show how they learn, and judge the results.

    A mission with a different flow has a subclass in its own module in `fvapp.ui.missions.own`.
    """

    def draw_extra_mission_screen(self, opened: OpenMission, screen: str) -> None:
        """Draw a screen that only this mission has, before the guess or after the result."""
        raise NotImplementedError

    def guess_question_images(
        self, opened: OpenMission, screen: str
    ) -> tuple[np.ndarray, Sequence[str]]:
        """Return the images shown above a guess question, uint8 [n, 28, 28], and their captions."""
        data = opened.dataset
        places = list(opened.mission.test_image_indices)
        names = class_names(data.name, opened.t)
        return data.x_test[places], [names[label] for label in data.y_test[places]]

    def has_begun_experiment(self, opened: OpenMission) -> bool:
        """Return whether the visitor has started the experiment whose outcome they guessed."""
        return opened.mission_progress.has_started_runs_or_image

    def has_mission_result(self, opened: OpenMission) -> bool:
        """Return whether the mission has a result that can be judged."""
        return bool(self.trials_if_judgeable(opened))

    def find_asked_run(self, opened: OpenMission) -> RunRecord | None:
        """Return the finished run whose network the mission asks; None if it trains its own."""
        return None

    def draw_start_button(self, opened: OpenMission) -> None:
        """Draw the button that starts the mission's experiment."""
        draw_train_button(opened)

    def draw_experiment_progress(self, opened: OpenMission) -> None:
        """Draw the progress of the mission's experiment, or its task if it has not begun."""
        if not opened.run_records:
            st.markdown(opened.mission_text(f"{opened.mission.id}.task"))
        else:
            draw_runs_in_training(opened)
            if opened.is_training:
                return
            if not self.has_mission_result(opened):
                failed = any(record.state == "failed" for record in opened.run_records)
                st.warning(
                    opened.t(f"missions.page.{'unexpected_error' if failed else 'unfinished'}")
                )
        self.draw_start_button(opened)

    def draw_mission_result(self, opened: OpenMission) -> Verdicts:
        """Draw the result; return the verdicts on both guesses (None where there is no verdict)."""
        trials = self.trials_if_judgeable(opened)
        if not trials:
            return None, None
        verdicts = opened.mission.judge_both_claims(trials)
        with opened.visit.messages.showing_errors():
            draw_verdict_picture(opened, trials, (opened.stored_verdicts or verdicts)[0])
            # A broken network, whose weights have become `nan`, has no answers to show.
            if not any(trial.has_diverged for trial in trials):
                self.draw_answers_below_picture(opened)
        return verdicts

    def draw_result_details(self, opened: OpenMission) -> None:
        """Draw further results beside the explanation of how the guess turned out."""
        trials = self.trials_if_judgeable(opened)
        if "table" in opened.mission.shown_views and trials:
            draw_runs_table(trials, opened.t)
        if trials and not any(trial.has_diverged for trial in trials):
            self.draw_answers_beside_explanation(opened)

    def draw_answers_below_picture(self, opened: OpenMission) -> None:
        """Draw answers of the trained networks below the result's picture; by default, none."""

    def draw_answers_beside_explanation(self, opened: OpenMission) -> None:
        """Draw answers of the trained networks beside the explanation; by default, none."""

    def can_show_notes(self, opened: OpenMission) -> bool:
        """Return whether the mission's notes can be shown without revealing an answer."""
        return True

    def trials_if_judgeable(self, opened: OpenMission) -> list[MissionRun]:
        """Return the mission's runs with all data for judging; empty before they can be judged."""
        trials = read_mission_trials(opened)
        return trials if opened.mission.can_judge_trials(trials) else []
