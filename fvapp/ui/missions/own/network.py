"""Draws mission B: visitors try softmax on a list, and compare training and test accuracy."""

import numpy as np
import streamlit as st

from fvapp.core.datasets import validation_split_sizes
from fvapp.core.inspection import TRAINING_CHUNK, CorrectTrainingCountQuestion
from fvapp.core.missions.table.network import LONGEST_LIST, NOTEBOOKS_LIST, softmax_of_text
from fvapp.core.wording import share_as_percent
from fvapp.ui.browser import draw_expander
from fvapp.ui.missions.flow import MissionFlow
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.parts import open_dataset

_WORDS = "missions.network.softmax_list"
_TRAINED_ON_HEIGHT = 100  # approximate height of the opened accuracy comparison, in pixels


class NetworkMissionFlow(MissionFlow):
    """The flow of mission B, which trains a network and tests it on its training images, too."""

    def draw_result_details(self, opened: OpenMission) -> None:
        with opened.visit.messages.showing_errors():
            _draw_softmax_list(opened)
        super().draw_result_details(opened)

    def draw_answers_beside_explanation(self, opened: OpenMission) -> None:
        """Draw an expander that compares the accuracy on training images and on test images."""
        draw_expander(
            "mission_trained_on",
            opened.t("missions.network.trained_on.title"),
            _TRAINED_ON_HEIGHT,
            _draw_training_accuracy,
            opened,
        )


FLOW = NetworkMissionFlow()


def _draw_softmax_list(opened: OpenMission) -> None:
    """Draw an editable list of numbers, and the probability that softmax gives each number."""
    t = opened.t
    st.markdown(f"**{t(f'{_WORDS}.title')}**")
    text = st.text_input(
        t(f"{_WORDS}.numbers"), NOTEBOOKS_LIST, max_chars=LONGEST_LIST, key="softmax_list"
    )
    numbers, probabilities = softmax_of_text(text)
    position = int(probabilities.argmax())
    rows = enumerate(zip(numbers, probabilities, strict=True))
    st.code(
        "\n".join(
            f"{place:>2}  {number:<8g}  {share_as_percent(share, 3)}"
            for place, (number, share) in rows
        ),
        language=None,
    )
    share = share_as_percent(probabilities[position], 2)
    st.markdown(
        t(f"{_WORDS}.result", biggest=f"{numbers[position]:g}", position=position, share=share)
    )


def _draw_training_accuracy(opened: OpenMission) -> None:
    record = opened.run_records[0]
    settings = record.settings
    dataset = open_dataset(settings.dataset)
    images = settings.train_images or len(dataset.x_train)
    count = len(dataset.x_test)
    end, _ = validation_split_sizes(images, settings.validation_split)
    questions = [
        CorrectTrainingCountQuestion(count, begin, end) for begin in range(0, end, TRAINING_CHUNK)
    ]
    counted = [
        opened.visit.engine.answers.answer_question(opened.visit.token, record.id, question)
        for question in questions
    ]
    right, asked = np.sum(counted, axis=0)
    st.markdown(
        opened.t(
            "missions.network.trained_on.result",
            images=f"{asked:,}",
            train=share_as_percent(right / asked),
            test=share_as_percent(record.measured_result.test_accuracy),
        )
    )
