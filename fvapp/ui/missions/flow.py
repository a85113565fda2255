"""What a mission does between its guess and its questions."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fvapp.core.missions import Trial, Verdict
from fvapp.core.runs import FINISHED
from fvapp.core.wording import class_names
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.results import draw_picture, draw_table
from fvapp.ui.missions.start import draw_train
from fvapp.ui.missions.watch import draw_runs, read_trials
from fvapp.ui.parts.data_sets import open_dataset

Verdicts = tuple[Verdict | None, Verdict | None]
"""The verdicts on a mission's claim and on its second claim."""


class MissionFlow:
    """Train the mission's runs, show how they learn, and judge them.

    A mission that works differently overrides methods in its module in `fvapp.ui.missions.own`.
    """

    def draw_own(self, opened: OpenMission, screen: str) -> None:
        """Draw one of the mission's own screens, from its `before` or `after`."""
        raise NotImplementedError

    def premise(self, opened: OpenMission, screen: str) -> tuple[np.ndarray, Sequence[str]]:
        """Return the images above the guess, `uint8` [n, 28, 28], and their captions."""
        data = open_dataset(opened.mission.dataset)
        places = list(opened.mission.images)
        names = class_names(data.name, opened.visit.t)
        return data.x_test[places], [names[label] for label in data.y_test[places]]

    def begun(self, opened: OpenMission) -> bool:
        """Return whether the visitor has started what the guess is about."""
        return opened.own.started

    def has_result(self, opened: OpenMission) -> bool:
        """Return whether there is a result to judge."""
        return bool(opened.records) and opened.mission.can_judge(read_trials(opened))

    def draw_start(self, opened: OpenMission) -> None:
        """Draw the button that starts what the guess is about."""
        draw_train(opened)

    def draw_watch(self, opened: OpenMission) -> None:
        """Draw the progress until there is a result."""
        if not opened.records:
            st.markdown(opened.say(f"{opened.mission.id}.task"))
        else:
            draw_runs(opened)
            if any(record.state not in FINISHED for record in opened.records):
                return
            if not self.has_result(opened):
                failed = any(record.state == "failed" for record in opened.records)
                st.warning(
                    opened.visit.t(
                        f"missions.page.{'unexpected_error' if failed else 'unfinished'}"
                    )
                )
        self.draw_start(opened)

    def draw_result(self, opened: OpenMission) -> Verdicts:
        """Draw the result's picture; return the verdicts, None where nothing can be judged now."""
        trials = self.judged_trials(opened)
        if not trials:
            return None, None
        verdicts = opened.mission.judge_both(trials)
        with opened.visit.messages.errors_said():
            draw_picture(opened, trials, (opened.kept_verdicts or verdicts)[0])
            # A network whose weights are all `nan` has no answer.
            if not any(trial.broken for trial in trials):
                self.ask_below(opened)
        return verdicts

    def draw_more(self, opened: OpenMission) -> None:
        """Draw further details beside the explanation."""
        trials = self.judged_trials(opened)
        if "table" in opened.mission.shows and trials:
            draw_table(trials, opened.visit.t)
        if trials and not any(trial.broken for trial in trials):
            self.ask_beside(opened)

    def ask_below(self, opened: OpenMission) -> None:
        """Ask the finished networks something below the picture; nothing by default."""

    def ask_beside(self, opened: OpenMission) -> None:
        """Ask the finished networks something beside the explanation; nothing by default."""

    def may_tell(self, opened: OpenMission) -> bool:
        """Return whether the mission's notes may be shown without giving away an open question."""
        return True

    def judged_trials(self, opened: OpenMission) -> list[Trial]:
        """Return the runs as the judge gets them; none before they can be judged."""
        trials = read_trials(opened)
        return trials if opened.mission.can_judge(trials) else []
