"""Draws mission 10: the confusion matrix of the visitor's network, and misclassified shirts."""

import numpy as np
import streamlit as st

from fvapp.charts.confusion import confusion_figure
from fvapp.core.inspection import answers_from_shares
from fvapp.core.missions import MissionVerdict
from fvapp.core.missions.table.confusion import SHIRT, judge_misclassified_shirts
from fvapp.core.runs import RunRecord
from fvapp.core.wording import class_names
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.latest_network import LatestNetworkFlow
from fvapp.ui.networks.asking import read_test_logits
from fvapp.ui.parts import draw_chart
from fvapp.ui.pictures import draw_tiles

SHOWN = 12


class ConfusionMissionFlow(LatestNetworkFlow):
    """The flow of mission 10, which shows the classes that the visitor's network confuses."""

    button_key = "inside_button"

    def draw_network_answer(self, opened: OpenMission, record: RunRecord) -> MissionVerdict:
        """Draw the confusion matrix and misclassified shirts; return the verdict on the guess."""
        t = opened.t
        data = opened.dataset
        network = opened.visit.load_network(record.id)
        names = class_names(data.name, t)
        logits = read_test_logits(opened.visit, record.id, len(data.x_test))
        answers = answers_from_shares(network.to_shares(logits), data.y_test, len(names))
        figure = confusion_figure(answers.confusion_matrix(), names, t)
        draw_chart(figure, "mission_confusion", t("missions.confusion.chart_alt"))
        wrong = [
            image for image in answers.misclassified_images if answers.true_labels[image] == SHIRT
        ][:SHOWN]
        if wrong:
            draw_tiles(
                data.x_test[np.asarray(wrong)],
                key="mission_shirts",
                label=t("missions.confusion.shirts"),
                captions=[names[answers.predicted_labels[image]] for image in wrong],
                size=84,
            )
            st.caption(t("missions.confusion.shirts"))
        return judge_misclassified_shirts(answers.confusion_matrix())


FLOW = ConfusionMissionFlow()
