"""Draws mission 1: visitors inspect a network's ten outputs for each of two images.

For the second image, they find the position of the largest output.
"""

import streamlit as st

from fvapp.charts.probabilities import answer_shares_figure
from fvapp.core.answers import Answer
from fvapp.core.missions import MissionVerdict
from fvapp.core.missions.table.outputs import ASKED, judge_largest_share
from fvapp.core.runs import RunRecord
from fvapp.core.wording import class_name, class_names, share_as_percent
from fvapp.ui.missions.images import draw_dataset_image
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.latest_network import LatestNetworkFlow
from fvapp.ui.missions.reading.sentence import draw_text_with_glossary
from fvapp.ui.parts import draw_chart, draw_temperature_note


class OutputsMissionFlow(LatestNetworkFlow):
    """The flow of mission 1, which shows a network's outputs for two test images."""

    asked_test_image = ASKED[0]

    def can_show_notes(self, opened: OpenMission) -> bool:
        return opened.mission_progress.position is not None

    def draw_network_answer(self, opened: OpenMission, record: RunRecord) -> MissionVerdict:
        """Draw the network's answer to the first test image; return the verdict on the guess."""
        draw_temperature_note(opened.t, record.result.temperature if record.result else 1.0)
        answer = _ask_about_test_image(opened, record, ASKED[0])
        _draw_image_and_shares(opened, ASKED[0], answer)
        return judge_largest_share(answer, int(opened.dataset.y_test[ASKED[0]]))

    def draw_extra_mission_screen(self, opened: OpenMission, screen: str) -> None:
        """Ask where the second image's largest output is; after the answer, draw the outputs."""
        if record := self._run_to_examine(opened):
            _draw_position_question(opened, _ask_about_test_image(opened, record, ASKED[1]))


FLOW = OutputsMissionFlow()


def _ask_about_test_image(opened: OpenMission, record: RunRecord, index: int) -> Answer:
    (answer,) = opened.visit.engine.answers.classify_images(
        opened.visit.token, record.id, [opened.dataset.x_test[index]]
    )
    return answer


def _draw_position_question(opened: OpenMission, answer: Answer) -> None:
    t = opened.t
    position = opened.mission_progress.position

    def save_guessed_position() -> None:
        opened.update_progress(position=int(st.session_state["position"]))

    draw_text_with_glossary(
        t,
        t("missions.outputs.position_ask"),
        opened.mission.glossary_words,
        "ask_position",
        "question",
    )
    if position is None:
        _draw_probabilities(answer)
        with st.form("position", border=False):
            st.number_input(
                t("missions.outputs.position.label"), 0, 9, step=1, key="position", width=180
            )
            st.form_submit_button(
                t("missions.outputs.position_check"),
                key="position_check",
                on_click=save_guessed_position,
            )
        return

    name = class_name(answer.predicted_label, opened.mission.dataset, t)
    if position == answer.predicted_label:
        st.success(t("missions.outputs.position_right", position=answer.predicted_label, name=name))
    else:
        st.warning(
            t(
                "missions.outputs.position_wrong",
                said=position,
                position=answer.predicted_label,
                name=name,
            )
        )
    _draw_image_and_shares(opened, ASKED[1], answer)


def _draw_image_and_shares(opened: OpenMission, index: int, answer: Answer) -> None:
    t = opened.t
    image, chart = st.columns([2, 5])
    with image:
        draw_dataset_image(opened, "test", index)
    names = class_names(opened.mission.dataset, t)
    with chart:
        figure = answer_shares_figure(answer, names, t)
        draw_chart(figure, f"mission_shares_{index}", t("missions.chart.shares_alt"))
    _draw_probabilities(answer)


def _draw_probabilities(answer: Answer) -> None:
    rows = (
        f"{label}  {share_as_percent(share, 2):>7}"
        for label, share in enumerate(answer.probabilities)
    )
    st.code("\n".join(rows), language=None)
