"""Mission C: practice on one image, and six races of one image at a time against 32 at once."""

from functools import partial

import streamlit as st

from fvapp.charts.missions import races_figure
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.frames import frame_at
from fvapp.core.inspection.learning import require_learnable
from fvapp.core.inspection.network import Network
from fvapp.core.missions.table import one_step as rules
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.wording import class_names, percent, sentences
from fvapp.ui.missions.flow import Verdicts
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.latest_network import LatestNetworkFlow
from fvapp.ui.missions.start import draw_train
from fvapp.ui.networks.one_step import Learner, draw_one_step
from fvapp.ui.parts.charts import draw_chart
from fvapp.ui.parts.data_sets import open_dataset
from fvapp.ui.parts.remembered import remembered


class OneStepFlow(LatestNetworkFlow):
    """Look at how one of the visitor's networks learns, then train it in two ways."""

    button = "one_step_button"
    image = 0

    def usable(self, opened: OpenMission, record: RunRecord) -> bool:
        dense = record.settings.network == "dense" and record.settings.normalisation
        return dense and bool(opened.visit.engine.answers.frames(opened.visit.token, record.id))

    def begun(self, opened: OpenMission) -> bool:
        # A network may exist before the guess, which is about the races.
        return opened.own.image is not None

    def has_result(self, opened: OpenMission) -> bool:
        return self.begun(opened) and super().has_result(opened)

    def draw_own(self, opened: OpenMission, screen: str) -> None:
        """Draw the six screens of a finished network, or its training, or the button for it."""
        finished = (each for each in opened.records if each.state in FINISHED and each.can_continue)
        record = next(finished, None) if opened.records else self._latest_run(opened)
        if record is not None:
            self._draw_screens(opened, record)
        elif opened.records:
            super().draw_watch(opened)
        else:
            st.markdown(opened.visit.t("missions.one_step.runs.about"))
            draw_train(opened)

    def draw_watch(self, opened: OpenMission) -> None:
        """Draw the button of the races once a network is trained."""
        if not opened.records or any(record.state not in FINISHED for record in opened.records):
            super().draw_watch(opened)
            return
        st.markdown(opened.say("one_step.task"))
        self.draw_start(opened)

    def draw_result(self, opened: OpenMission) -> Verdicts:
        """Draw the races; races and practice are run once for each network, rate and moment."""
        record = self._asked_run(opened)
        if record is None:
            return None, None
        opened.keep(runs=(record.id,))
        t = opened.visit.t
        rate = rules.RATES[_chosen(opened)[0]]
        data = open_dataset(opened.mission.dataset)

        def judge() -> tuple[Verdicts, float, list[tuple[float, float]]]:
            turn = partial(opened.visit.engine.answers.turn, opened.visit.token)
            bar = st.progress(0.0)
            early, later = (
                _network_at(opened, record, moment)[0] for moment in ("early", _chosen(opened)[1])
            )
            races: list[tuple[float, float]] = []
            for race in range(rules.RACES):
                bar.progress(
                    race / rules.RACES, t("missions.one_step.racing", n=race + 1, of=rules.RACES)
                )
                with turn():
                    races.append(rules.run_race(early, data, rate, record.settings.seed, race))
            with turn():
                before = rules.right_share(early, data)
                found = rules.practise_first_mistake(later, data)
            bar.empty()
            return (
                (rules.judge_races(before, races, rate), rules.judge_practice(found, data)),
                before,
                races,
            )

        verdicts, before, races = remembered("mission_races", (record.id, *_chosen(opened)), judge)
        ways = [t(f"missions.one_step.predict.{outcome}") for outcome in ("not_held", "held")]
        shares = [t("common.comma").join(map(percent, race)) for race in races]
        bars = (
            t("common.bar", name=place, share=share) for place, share in enumerate(shares, start=1)
        )
        alt = sentences(t, t("missions.one_step.races_alt", one=ways[0], many=ways[1]), *bars)
        draw_chart(races_figure(before, races, ways, t), "mission_chart", alt)
        return verdicts

    def _draw_screens(self, opened: OpenMission, record: RunRecord) -> None:
        t = opened.visit.t
        data = open_dataset(opened.mission.dataset)
        network, steps = _network_at(opened, record, _chosen(opened)[1])
        wrong = remembered(
            "mission_wrong", (record.id, steps), lambda: rules.first_mistake(network, data)
        )
        index = wrong or 0
        label = int(data.y_test[index])
        names = class_names(data.name, t)
        learner = Learner(network, data.x_test[index], label, label, data, names)
        draw_one_step(learner, t, "mission_one_step", t("step.moments.early", n=steps))


def _chosen(opened: OpenMission) -> tuple[str, str]:
    """Return the names of the races' learning rate and of the practice's moment."""
    own = opened.own
    mission = opened.mission
    return own.variant or next(
        iter(mission.variants)
    ), own.second_variant or mission.second.variants[0]


def _network_at(opened: OpenMission, record: RunRecord, moment: str) -> tuple[Network, int]:
    """Return the network at a moment of its training, and the number of steps it had taken.

    Raises:
        FvappError: it cannot be taught here, or its early weights were not kept.
    """
    frame = frame_at(opened.visit.engine.answers.frames(opened.visit.token, record.id), moment)
    network = network_of_run(record.settings, frame.weights)
    require_learnable(network, len(class_names(opened.mission.dataset, opened.visit.t)))
    return network, frame.step


FLOW = OneStepFlow()
