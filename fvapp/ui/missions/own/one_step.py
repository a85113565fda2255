"""Mission C: one image practised, and six races of one by one against 32 at a time, from early in a training."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.frames import early_frame
from fvapp.core.inspection.learning import require_learnable
from fvapp.core.inspection.network import Network
from fvapp.core.missions.table.one_step import (
    RACES,
    RATES,
    judge_practice,
    judge_races,
    practise_first_mistake,
    right_share,
    run_races,
)
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.wording import class_names, percent
from fvapp.ui.missions.asking import Asking
from fvapp.ui.missions.flow import Verdicts
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.missions.start import draw_button
from fvapp.ui.parts.data_sets import open_dataset
from fvapp.ui.parts.one_step import Learner, draw_one_step
from fvapp.ui.parts.remembered import remembered


class OneStep(Asking):
    """Look at how a network of the visitor's learns, then have it learn in two ways."""

    button, image = "one_step_button", 0

    def usable(self, record: RunRecord) -> bool:
        return record.settings.network == "dense" and record.settings.normalisation

    def has_result(self, opened: OpenMission) -> bool:
        return opened.own.image is not None and super().has_result(opened)  # first one looks at the six screens

    def draw_start(self, opened: OpenMission) -> None:
        latest = self._latest_run(opened)
        if latest is None or opened.own.started:
            super().draw_start(opened)
        else:
            draw_button(opened, opened.visit.t("missions.page.inside_button"), self._ask, latest)

    def draw_watch(self, opened: OpenMission) -> None:
        """Draw the six screens once there is a network to look at, and the button of the races."""
        record = next((each for each in opened.records if each.state in FINISHED and each.can_continue), None)
        if record is None:
            super().draw_watch(opened)
            return
        with opened.visit.messages.errors_said():
            self._draw_screens(opened, record)
        self.draw_start(opened)

    def _ask(self, opened: OpenMission, latest: RunRecord) -> None:
        if opened.own.started:
            super()._ask(opened, latest)
        else:
            opened.keep(runs=(latest.id,))
            show_screen(opened.mission, None)

    def draw_result(self, opened: OpenMission) -> Verdicts:
        """Run the races and the practice, once for each network and rate, and draw a row for each race."""
        record = self._asked_run(opened)
        if record is None:
            return None, None
        opened.keep(runs=(record.id,))
        t, mission = opened.visit.t, opened.mission
        rate, data = RATES[opened.own.variant or next(iter(mission.variants))], open_dataset(mission.dataset)

        def judge() -> tuple[Verdicts, list[tuple[float, float]]]:
            network, place, races = _early_network(opened, record), st.empty(), []
            before = right_share(network, data)
            for race in run_races(network, data, rate, record.settings.seed):
                races.append(race)
                place.progress(len(races) / RACES, t("missions.one_step.racing", n=len(races), of=RACES))
            place.empty()
            practised = judge_practice(practise_first_mistake(network, data), data)
            return (judge_races(before, races, rate), practised), races

        verdicts, races = remembered("mission_races", (record.id, rate), judge)
        st.table(
            [
                {
                    t("missions.one_step.race"): str(number),
                    t("missions.one_step.predict.not_held"): percent(one),
                    t("missions.one_step.predict.held"): percent(many),
                }
                for number, (one, many) in enumerate(races, start=1)
            ]
        )
        return verdicts

    def _draw_screens(self, opened: OpenMission, record: RunRecord) -> None:
        t, data = opened.visit.t, open_dataset(opened.mission.dataset)
        frame = early_frame(opened.visit.engine.frames(opened.visit.token, record.id))
        network = _early_network(opened, record)
        first = practise_first_mistake(network, data)
        index = first.index if first else 0
        label = int(data.y_test[index])
        names = class_names(data.name, t)
        learner = Learner(network, np.asarray(data.x_test[index]), label, label, data, names)
        draw_one_step(learner, t, "mission_one_step", t("step.moments.early", n=frame.step))


def _early_network(opened: OpenMission, record: RunRecord) -> Network:
    """Return the network as it was early in its training.

    Raises:
        FvappError: it cannot be taught here, or its beginning was not kept.
    """
    frame = early_frame(opened.visit.engine.frames(opened.visit.token, record.id))
    network = network_of_run(record.settings, frame.weights)
    require_learnable(network, len(class_names(opened.mission.dataset, opened.visit.t)))
    return network


FLOW = OneStep()
