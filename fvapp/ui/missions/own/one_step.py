"""Draws mission C: a network practises a single image, and two ways of training compete.

Six races compare learning images one by one with learning 32 images at a time.
"""

from functools import partial

import streamlit as st

from fvapp.charts.missions import learning_races_figure
from fvapp.core.inspection import (
    Network,
    frame_at_moment,
    network_of_run,
    require_teachable_network,
)
from fvapp.core.missions.table import one_step as rules
from fvapp.core.runs import RunRecord
from fvapp.core.wording import class_names, join_sentences, share_as_percent
from fvapp.ui.missions.flow import Verdicts
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.latest_network import LatestNetworkFlow
from fvapp.ui.missions.start import draw_train_button
from fvapp.ui.networks.one_step import NetworkLearner, draw_one_step_screen
from fvapp.ui.parts import cache_in_session, draw_chart


class OneStepMissionFlow(LatestNetworkFlow):
    """The flow of mission C: training on images one by one competes with 32 at a time."""

    button_key = "one_step_button"
    asked_test_image = 0

    def can_use_run(self, opened: OpenMission, record: RunRecord) -> bool:
        dense = record.settings.network == "dense" and record.settings.normalisation
        return dense and bool(
            opened.visit.engine.answers.read_frames(opened.visit.token, record.id)
        )

    def has_begun_experiment(self, opened: OpenMission) -> bool:
        # The experiment counts as started once an image has been chosen. A trained network is not
        # enough, because the student's guess is about the races between learning images one by one
        # and 32 at a time, which have not been run yet.
        return opened.mission_progress.image is not None

    def has_mission_result(self, opened: OpenMission) -> bool:
        return self.has_begun_experiment(opened) and super().has_mission_result(opened)

    def draw_extra_mission_screen(self, opened: OpenMission, screen: str) -> None:
        """Draw the "One step" screens or, without a trained network, its training or a button."""
        record = self.find_asked_run(opened)
        if record is not None:
            self._draw_one_step_screens(opened, record)
        elif opened.run_records:
            super().draw_experiment_progress(opened)
        else:
            st.markdown(opened.t("missions.one_step.runs.about"))
            draw_train_button(opened)

    def draw_experiment_progress(self, opened: OpenMission) -> None:
        """Draw the training run; once it has ended, draw the button that starts the experiment."""
        if not opened.run_records or opened.is_training:
            super().draw_experiment_progress(opened)
            return
        st.markdown(opened.mission_text("one_step.task"))
        self.draw_start_button(opened)

    def draw_mission_result(self, opened: OpenMission) -> Verdicts:
        """Draw results of races between two ways of training; return verdicts on the guesses.

        One way learns from images one by one, the other from 32 at a time. The first verdict is on
        the races, the second on practising a single image. Both verdicts are cached by network,
        learning rate and moment of training.
        """
        record = self._run_to_examine(opened)
        if record is None:
            return None, None
        opened.update_progress(runs=(record.id,))
        t = opened.t
        rate = rules.RATES[_chosen_rate_and_moment(opened)[0]]
        data = opened.dataset

        def run_and_judge_races() -> tuple[Verdicts, float, list[tuple[float, float]]]:
            turn = partial(opened.visit.engine.answers.inspection_turn, opened.visit.token)
            bar = st.progress(0.0)
            early, later = (
                _network_at_moment(opened, record, moment)[0]
                for moment in ("early", _chosen_rate_and_moment(opened)[1])
            )
            races: list[tuple[float, float]] = []

            for race in range(rules.RACES):
                bar.progress(
                    race / rules.RACES, t("missions.one_step.racing", n=race + 1, of=rules.RACES)
                )
                with turn():
                    races.append(
                        rules.run_batch_size_race(early, data, rate, record.settings.seed, race)
                    )

            with turn():
                share_before = rules.tested_accuracy(early, data)
                practice = rules.practise_first_mistake(later, data)
            bar.empty()
            return (
                (
                    rules.judge_batch_size_races(share_before, races, rate),
                    rules.judge_practice(practice, data),
                ),
                share_before,
                races,
            )

        verdicts, share_before, races = cache_in_session(
            "mission_races", (record.id, *_chosen_rate_and_moment(opened)), run_and_judge_races
        )
        ways = [t(f"missions.one_step.predict.{outcome}") for outcome in ("not_held", "held")]
        shares = [t("common.comma").join(map(share_as_percent, race)) for race in races]
        bars = (
            t("common.bar", name=place, share=share) for place, share in enumerate(shares, start=1)
        )
        alt = join_sentences(t, t("missions.one_step.races_alt", one=ways[0], many=ways[1]), *bars)
        draw_chart(learning_races_figure(share_before, races, ways, t), "mission_chart", alt)
        return verdicts

    def _draw_one_step_screens(self, opened: OpenMission, record: RunRecord) -> None:
        t = opened.t
        data = opened.dataset
        network, steps = _network_at_moment(opened, record, _chosen_rate_and_moment(opened)[1])
        wrong = cache_in_session(
            "mission_wrong", (record.id, steps), lambda: rules.index_of_first_mistake(network, data)
        )
        index = wrong or 0
        label = int(data.y_test[index])
        names = class_names(data.name, t)
        learner = NetworkLearner(network, data.x_test[index], label, label, data, names)
        draw_one_step_screen(learner, t, "mission_one_step", t("step.moments.early", n=steps))


def _chosen_rate_and_moment(opened: OpenMission) -> tuple[str, str]:
    """Return the names of the chosen learning rate and of the chosen stage of training.

    The learning rate is used in the races between two ways of training. The stage is the number of
    steps after which the network starts to practise a single image.
    """
    own = opened.mission_progress
    mission = opened.mission
    moments = mission.second_prediction.variants if mission.second_prediction is not None else ()
    return own.variant or next(iter(mission.variants)), own.second_variant or moments[0]


def _network_at_moment(opened: OpenMission, record: RunRecord, moment: str) -> tuple[Network, int]:
    """Return the network at a moment of its training, and the number of steps taken by then.

    Raises:
        FvappError: the network is of an unsupported kind, or its early weights were not stored.
    """
    frame = frame_at_moment(
        opened.visit.engine.answers.read_frames(opened.visit.token, record.id), moment
    )
    network = network_of_run(record.settings, frame.weights)
    require_teachable_network(network, len(class_names(opened.mission.dataset, opened.t)))
    return network, frame.step


FLOW = OneStepMissionFlow()
