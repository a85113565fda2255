"""What a mission does between its guess and its questions."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fvapp.core.missions import Trial, Verdict
from fvapp.core.wording import class_names
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.results import draw_runs_table, draw_verdict_picture
from fvapp.ui.missions.start import draw_train_button
from fvapp.ui.missions.watch import draw_runs_in_training, read_trials

Verdicts = tuple[Verdict | None, Verdict | None]
"""The verdicts on a mission's claim and on its second claim."""


class MissionFlow:
    """Train the mission's runs, show how they learn, and judge them.

    A mission that works differently overrides methods in its module in `fvapp.ui.missions.own`.
    """

    def draw_extra_screen(self, opened: OpenMission, screen: str) -> None:
        """Draw one of the mission's own screens, from its `screens_before` or `screens_after`."""
        raise NotImplementedError

    def images_above_guess(
        self, opened: OpenMission, screen: str
    ) -> tuple[np.ndarray, Sequence[str]]:
        """Return the images above the guess, `uint8` [n, 28, 28], and their captions."""
        data = opened.dataset
        places = list(opened.mission.test_image_indices)
        names = class_names(data.name, opened.t)
        return data.x_test[places], [names[label] for label in data.y_test[places]]

    def has_begun_experiment(self, opened: OpenMission) -> bool:
        """Return whether the visitor has started the experiment that the guess is about."""
        return opened.mission_progress.has_started

    def has_result(self, opened: OpenMission) -> bool:
        """Return whether there is a result to judge."""
        return bool(self.trials_to_judge(opened))

    def draw_start_button(self, opened: OpenMission) -> None:
        """Draw the button that starts the experiment."""
        draw_train_button(opened)

    def draw_experiment_progress(self, opened: OpenMission) -> None:
        """Draw the progress of the experiment until it has a result."""
        if not opened.run_records:
            st.markdown(opened.mission_text(f"{opened.mission.id}.task"))
        else:
            draw_runs_in_training(opened)
            if opened.is_training:
                return
            if not self.has_result(opened):
                failed = any(record.state == "failed" for record in opened.run_records)
                st.warning(
                    opened.t(f"missions.page.{'unexpected_error' if failed else 'unfinished'}")
                )
        self.draw_start_button(opened)

    def draw_mission_result(self, opened: OpenMission) -> Verdicts:
        """Draw the result's picture; return the verdicts, None where nothing can be judged now."""
        trials = self.trials_to_judge(opened)
        if not trials:
            return None, None
        verdicts = opened.mission.judge_both(trials)
        with opened.visit.messages.showing_errors():
            draw_verdict_picture(opened, trials, (opened.kept_verdicts or verdicts)[0])
            # A network whose weights are all `nan` has no answer.
            if not any(trial.is_broken for trial in trials):
                self.draw_answers_below_picture(opened)
        return verdicts

    def draw_result_details(self, opened: OpenMission) -> None:
        """Draw further details beside the explanation."""
        trials = self.trials_to_judge(opened)
        if "table" in opened.mission.shown_views and trials:
            draw_runs_table(trials, opened.t)
        if trials and not any(trial.is_broken for trial in trials):
            self.draw_answers_beside_explanation(opened)

    def draw_answers_below_picture(self, opened: OpenMission) -> None:
        """Draw further answers of the finished networks below the picture; none by default."""

    def draw_answers_beside_explanation(self, opened: OpenMission) -> None:
        """Draw further answers of the finished networks beside the explanation; none by default."""

    def can_show_notes(self, opened: OpenMission) -> bool:
        """Return whether the mission's notes may be shown without giving away an open question."""
        return True

    def trials_to_judge(self, opened: OpenMission) -> list[Trial]:
        """Return the runs as trials to judge; none before they can be judged."""
        trials = read_trials(opened)
        return trials if opened.mission.can_judge(trials) else []
