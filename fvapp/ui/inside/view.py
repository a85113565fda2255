"""Defines the types that tools work with: a network, and an image with the network's answer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from fvapp.core.datasets import DATASETS, Dataset
from fvapp.core.inspection import (
    Network,
    StepTrace,
    TestAnswers,
    UnitHelpRanking,
    answers_from_shares,
    count_units,
    rank_units,
)
from fvapp.core.runs import RunRecord
from fvapp.core.wording import class_names, share_as_percent
from fvapp.i18n import Translator
from fvapp.ui.networks.asking import read_test_logits
from fvapp.ui.parts import dataset_of_model
from fvapp.ui.visit import Visit


class ToolExplanation(NamedTuple):
    """A tool's explanation of the pictures and numbers that it shows.

    Attributes:
        sentences: text whose first sentence is always visible; the rest is in an expander.
        draw_details: draws tables and formulas in the expander, below the text.
    """

    sentences: str = ""
    draw_details: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class InspectedModel:
    """A network that the visitor inspects.

    Attributes:
        model_id: a run's id, or for a ready-made model the name of its data set.
        run_record: the record of the network's run; None for a ready-made model.
        visit: the visit of the person who inspects the network.
    """

    model_id: str
    dataset: str
    network: Network
    run_record: RunRecord | None
    visit: Visit

    @cached_property
    def loaded_dataset(self) -> Dataset:
        """The data set on which the network was trained.

        Raises:
            FvappError: the data set cannot be read, or has changed since the training run.
        """
        return dataset_of_model(self.visit, self.run_record or self.dataset)

    @property
    def weights_version(self) -> tuple[object, ...]:
        """A cache key for the weights; in training, the weights may be newer than their key."""
        return (
            (self.model_id, self.run_record.epoch, self.run_record.step)
            if self.run_record
            else (self.model_id,)
        )

    @property
    def is_training(self) -> bool:
        return self.run_record is not None and self.run_record.state == "running"

    @property
    def has_film(self) -> bool:
        """Whether the network's weights at several moments of its training are stored."""
        return self.run_record is not None and self.visit.engine.answers.has_film(
            self.visit.token, self.model_id
        )


@dataclass(frozen=True)
class InspectedImage:
    """An image, and the results that the inspected network computes for it.

    Attributes:
        image: the network's input, uint8 [28, 28].
        true_label: the label of the image's class, or None if unknown.
    """

    visit: Visit
    model: InspectedModel
    image: np.ndarray
    true_label: int | None = None

    @property
    def t(self) -> Translator:
        return self.visit.t

    @property
    def network(self) -> Network:
        return self.model.network

    @property
    def text_form(self) -> Any:
        """How a text is encoded as images (a :class:`TextForm`); None for pictures."""
        return DATASETS[self.model.dataset].text

    @cached_property
    def step_traces(self) -> tuple[StepTrace, ...]:
        return self.network.trace_images(self.image[None])

    @cached_property
    def class_probabilities(self) -> np.ndarray:
        """The probability of each class, as an array of shape [classes]."""
        return self.network.to_shares(self.step_traces[-1].sums)[0]

    def likeliest_classes_text(self, answers: np.ndarray) -> str:
        """Return a text with the three likeliest classes in `answers` and their probabilities."""
        return self.t("common.comma").join(
            f"{self.class_names[label]} {share_as_percent(float(answers[label]))}"
            for label in np.argsort(-answers)[:3]
        )

    @property
    def answer_label(self) -> int:
        return int(self.class_probabilities.argmax())

    @cached_property
    def unit_strengths(self) -> np.ndarray:
        """The absolute outputs of the units in the layer before the last layer, [units].

        A filter's output is the maximum over the filter's map.
        """
        return np.abs(self.step_traces[-1].inputs[0].reshape(-1, count_units(self.network))).max(
            axis=0
        )

    @property
    def cache_key(self) -> tuple[object, ...]:
        """A cache key for results that depend on the image and on the current weights."""
        return (self.model.weights_version, self.image.tobytes())

    @property
    def answer_class_name(self) -> str:
        return self.class_names[self.answer_label]

    def rank_units(self, place: int) -> UnitHelpRanking:
        """Return how much each unit of the layer with index `place` supports the answer."""
        return rank_units(self.network, self.step_traces, self.answer_label, place)

    @cached_property
    def class_names(self) -> list[str]:
        """The names of the classes in the visitor's language, in the order of the labels."""
        return class_names(self.model.dataset, self.t)


def read_test_answers(visit: Visit, model: InspectedModel) -> TestAnswers:
    """Return the network's answers to all test images."""
    logits = read_test_logits(
        visit, model.model_id, len(model.loaded_dataset.x_test), visit.t("inside.asking")
    )
    return answers_from_shares(
        model.network.to_shares(logits),
        model.loaded_dataset.y_test,
        DATASETS[model.dataset].class_count,
    )


def draw_button_until_requested(slot: str, value: object, label: str, key: str, icon: str) -> bool:
    """Return whether the visitor has requested `value`; if not, draw a button for the request.

    Args:
        slot: session state key that holds the requested value.
    """
    if st.session_state.get(slot) == value:
        return True
    st.button(label, key=key, icon=icon, on_click=lambda: st.session_state.update({slot: value}))
    return False
