"""Draws mission 6, in which networks train for different numbers of epochs."""

import streamlit as st

from fvapp.charts.probabilities import answer_shares_figure
from fvapp.core.errors import translate_keys
from fvapp.core.missions.table.epochs import judge_sureness
from fvapp.core.results.calibration import undo_temperature
from fvapp.core.wording import class_names
from fvapp.ui.missions.flow import MissionFlow
from fvapp.ui.missions.images import draw_dataset_image
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.parts import draw_chart

NOTEBOOKS_IMAGE = 34  # index of the test image whose probabilities the notebook prints


class EpochsMissionFlow(MissionFlow):
    """The flow of mission 6: the shortest and the longest run classify the same image."""

    def draw_answers_beside_explanation(self, opened: OpenMission) -> None:
        """Draw the answers of the shortest and the longest run to a test image."""
        t = opened.t
        short, *_, long = sorted(opened.run_records, key=lambda record: record.epochs)
        st.subheader(t("missions.epochs.same_image.title"))
        dataset = opened.dataset
        last = len(dataset.x_test) - 1
        index = st.number_input(
            t("missions.epochs.same_image.index", last=f"{last:,}"),
            0,
            last,
            NOTEBOOKS_IMAGE,
            key="same_image",
            width=280,
        )
        image = dataset.x_test[index]
        answers = []

        for record in (short, long):
            (answer,) = opened.visit.engine.answers.classify_images(
                opened.visit.token, record.id, [image]
            )
            # Temperature scaling is undone, since calibrated answers would hide how confidence rises
            # with the number of epochs.
            answers.append(undo_temperature(answer, record.measured_result.temperature))

        names = class_names(dataset.name, t)
        shown, *charts = st.columns([2, 4, 4], gap="medium")
        with shown:
            draw_dataset_image(opened, "test", index)
        for record, answer, column in zip((short, long), answers, charts, strict=True):
            with column:
                st.markdown(t("missions.epochs.same_image.after", epochs=record.epoch))
                figure = answer_shares_figure(answer, names, t)
                draw_chart(figure, f"same_image_{record.epochs}", t("missions.chart.shares_alt"))
        verdict = judge_sureness(answers[0], answers[1], int(dataset.y_test[index]))
        values = {
            **translate_keys(verdict.values, t),
            "index": index,
            "short": short.epoch,
            "long": long.epoch,
        }
        st.markdown(t("missions.epochs.same_image.facts", **values))
        st.markdown(t(f"missions.epochs.same_image.{verdict.outcome}"))


FLOW = EpochsMissionFlow()
