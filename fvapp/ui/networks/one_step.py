"""Draws "One step": six screens that show how a network learns from an image.

Only data for the visible screen is computed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from fvapp.core.answers import softmax_shares
from fvapp.core.datasets import Dataset, image_text_lines, twelve_image_indices
from fvapp.core.inspection import (
    FIRST,
    Network,
    SingleWeight,
    StepTrace,
    first_hidden_step,
    is_silent_below_zero,
    learning,
)
from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.settings import SETTINGS
from fvapp.i18n import Translator
from fvapp.ui.browser import Choice, array_base64, make_component

RATE = 0.01
SURE = 0.99
MOST_STEPS = 100
OTHERS = 500
MANY = 32
# Range of weights on each side of the current weight, for the loss curves of 32 images.
_SPAN = 3.0
_POINTS = 61  # number of points of each loss curve
_component = make_component(__file__)


@dataclass(frozen=True)
class NetworkLearner:
    """A network, and the image and label that it is taught.

    Attributes:
        taught_image: the image that the network is taught, uint8 [28, 28].
        taught_label: label of the class that the network is taught for the image.
        true_label: label of the image's true class, or None if unknown.
    """

    network: Network
    taught_image: np.ndarray
    taught_label: int
    true_label: int | None
    dataset: Dataset
    class_names: Sequence[str]

    @cached_property
    def step_traces(self) -> tuple[StepTrace, ...]:
        return self.network.trace_images(self.taught_image[None])

    @property
    def taught_labels(self) -> np.ndarray:
        return np.array([self.taught_label])

    @cached_property
    def class_probabilities(self) -> np.ndarray:
        """The taught image's class probabilities at temperature 1, as in training."""
        return softmax_shares(self.step_traces[-1].sums)[0]

    @property
    def rival_label(self) -> int:
        """The label of the most probable class other than the taught class."""
        order = np.argsort(-self.class_probabilities)
        return int(order[0] if order[0] != self.taught_label else order[1])

    @property
    def loss(self) -> float:
        return float(learning.cross_entropy(self.step_traces[-1].sums, self.taught_labels)[0])

    @cached_property
    def other_test_images(self) -> tuple[np.ndarray, np.ndarray]:
        """Scaled pixels and labels of at most `OTHERS` test images other than the taught image."""
        rows = self._drop_taught_image(np.arange(min(OTHERS + 1, len(self.dataset.x_test))))[
            :OTHERS
        ]
        return self.network.scale_pixels(self.dataset.x_test[rows]), self.dataset.y_test[
            rows
        ].astype(int)

    @property
    def progress_image_indices(self) -> np.ndarray:
        """Indices of the fixed twelve test images with which the app shows progress.

        The taught image is left out if it is one of them.
        """
        return self._drop_taught_image(np.array(twelve_image_indices(self.dataset), int))

    def _drop_taught_image(self, rows: np.ndarray) -> np.ndarray:
        return rows[(self.dataset.x_test[rows] != self.taught_image).any(axis=(1, 2))]

    @cached_property
    def first_training_images(self) -> tuple[tuple[StepTrace, ...], np.ndarray]:
        """Traces (inputs and results of each layer) for `MANY` training images, and the labels."""
        return self.network.trace_images(self.dataset.x_train[:MANY]), self.dataset.y_train[
            :MANY
        ].astype(int)

    @property
    def has_hidden_layer(self) -> bool:
        """Whether the network has a hidden layer before its output layer."""
        return first_hidden_step(self.network) is not None

    @property
    def strongest_input_index(self) -> int:
        """The index of the strongest input of the last layer.

        Without a hidden layer, it is a pixel that is bright in this image and in training images.
        """
        values = self.step_traces[-1].inputs[0]
        if not self.has_hidden_layer:
            values = values * self.first_training_images[0][-1].inputs.mean(axis=0)
        return int(values.argmax())

    @property
    def first_probed_weight(self) -> SingleWeight:
        """The first weight that "One step" shows, from the strongest input to the taught class."""
        return learning.probe_single_weight(
            self.step_traces,
            self.taught_label,
            len(self.network.steps) - 1,
            self.strongest_input_index,
            self.taught_label,
        )


def draw_one_step_screen(
    learner: NetworkLearner,
    t: Translator,
    key: str,
    moment: str,
    train_url: str = "",
    choices: Sequence[Mapping] = (),
) -> str:
    """Draw the current screen of "One step"; return the screen's name.

    Args:
        moment: words for the network's moment of training, such as "after 100 steps".
        train_url: URL of the train page with this network's settings; the browser appends the
            learning rate.
        choices: drawn beside the screen's title. Each choice has a `name` for
            :func:`read_browser_choice`, a `title`, `values` with their `words`, and the chosen
            `value`.
    """
    screen = read_browser_choice(key, "screen", tuple(SCREENS), "loss")
    data = {
        "train": train_url,
        # In a mission, without choices, the heading comes directly below the page's title.
        "heading": "h3" if choices else "h2",
        "choices": list(choices),
        "screen": screen,
        "screens": list(SCREENS),
        "name": f"{key} {learner.taught_label} {learner.loss}",
        "image": array_base64(learner.taught_image),
        "line": image_text_lines([learner.taught_image], learner.dataset.name)[0],
        "label": learner.taught_label,
        "truth": learner.true_label,
        "names": list(learner.class_names),
        "shares": learner.class_probabilities.tolist(),
        "loss": learner.loss,
        "rate": RATE,
        "parameters": learner.network.parameter_count,
        "hidden": learner.has_hidden_layer,
        "fires": learner.has_hidden_layer and is_silent_below_zero(learner.network.steps[FIRST]),
        "titles": [t(f"step.{name}.step") for name in SCREENS],
        "words": t.texts_with_prefix("step.all_screens.")
        | t.texts_with_prefix(f"step.{screen}.")
        | {"when": moment},
        **SCREENS[screen](learner),
    }
    callbacks = {
        f"on_{name}_change": lambda: None
        for name in ("screen", *(choice["name"] for choice in choices))
    }
    _component(key=key, data=data, **callbacks)
    return screen


def read_browser_choice(key: str, name: str, allowed: Sequence[Choice], default: Choice) -> Choice:
    """Return the value that the browser sent last for a choice, or `default` if not allowed."""
    value = getattr(st.session_state.get(key), name, None)
    return next(
        (choice for choice in allowed if choice == value and type(choice) is type(value)), default
    )


def _weight_screen_data(learner: NetworkLearner) -> dict[str, object]:
    """Return data for the screen on which visitors choose a weight and change it.

    Some of the weights belong to a dark pixel or a silent neuron, and do not affect the loss.
    """
    trace = learner.step_traces
    label = learner.taught_label
    hidden = learner.has_hidden_layer
    last = len(learner.network.steps) - 1
    pixels = trace[FIRST].inputs[0]
    blamed = (
        int(np.abs(learning.loss_gradients(trace, learner.taught_labels)[FIRST][0]).argmax())
        if hidden
        else label
    )
    dark = np.flatnonzero(pixels == 0)
    silent = np.flatnonzero(trace[last].inputs[0] == 0)
    candidates = [
        ("label", last, learner.strongest_input_index, label),
        ("rival", last, learner.strongest_input_index, learner.rival_label),
    ]
    if hidden:
        candidates.append(("pixel", FIRST, int(pixels.argmax()), blamed))

    candidates += [("dark", FIRST, int(row), blamed) for row in dark[len(dark) // 2 :][:1]]
    if hidden:
        candidates += [("silent", last, int(row), label) for row in silent[:1]]
    weights = [
        (name, learning.probe_single_weight(trace, label, *place)) for name, *place in candidates
    ]
    return {
        "weights": [
            vars(weight)
            | {
                "name": name,
                "pixel": weight.step == FIRST,
                "losses": array_base64(weight.losses),
                "shares": array_base64(weight.shares),
            }
            for name, weight in weights
        ]
    }


def _all_weights_screen_data(learner: NetworkLearner) -> dict[str, object]:
    after = (
        learning.network_after_step(
            learner.network, learner.step_traces, learner.taught_labels, RATE
        )
        .trace_images(learner.taught_image[None])[-1]
        .sums
    )
    return {
        "blame": array_base64(
            learning.loss_gradients(learner.step_traces, learner.taught_labels)[FIRST][0]
        ),
        "moved": learning.count_nonzero_slopes(learner.step_traces, learner.taught_labels),
        "after": softmax_shares(after)[0].tolist(),
        "loss_after": float(learning.cross_entropy(after, learner.taught_labels)[0]),
    }


def _repeat_screen_data(learner: NetworkLearner) -> dict[str, object]:
    pixels, labels = learner.other_test_images
    rows = learner.progress_image_indices
    images = learner.dataset.x_test[rows]
    both = np.concatenate([pixels, learner.network.scale_pixels(images)])
    shares_after, all_answers = learning.train_on_one_image(
        learner.network, learner.taught_image, learner.taught_label, RATE, both, SURE, MOST_STEPS
    )
    answers = all_answers[:, : len(labels)]
    return {
        "sure": shares_after.tolist(),
        "is_sure": bool(shares_after[-1] >= SURE),
        "right": (answers == labels).sum(axis=1).tolist(),
        "taken": (answers == learner.taught_label).sum(axis=1).tolist(),
        "real": int((labels == learner.taught_label).sum()),
        "others": len(labels),
        "twelve": array_base64(images),
        "twelve_answers": all_answers[:, len(labels) :].tolist(),
        "twelve_labels": learner.dataset.y_test[rows].tolist(),
    }


def _batch_screen_data(learner: NetworkLearner) -> dict[str, object]:
    trace, labels = learner.first_training_images
    source = learner.strongest_input_index
    label = learner.taught_label
    logits = learning.logits_with_shifted_weight(
        trace, len(trace) - 1, source, label, np.linspace(-_SPAN, _SPAN, _POINTS)
    )
    curves = learning.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), np.repeat(labels, _POINTS)
    )
    pulls = (
        len(labels)
        * learning.loss_gradients(trace, labels)[-1][:, label]
        * trace[-1].inputs[:, source]
    )
    return {
        "images": array_base64(learner.dataset.x_train[: len(labels)]),
        "pulls": pulls.tolist(),
        "span": _SPAN,
        "curves": array_base64(curves.astype(np.float32)),
        "source": source,
        "weight": float(learner.network.last_step.kernel[source, label]),
    }


def _step_size_screen_data(learner: NetworkLearner) -> dict[str, object]:
    trace, labels = learner.first_training_images
    pixels, their = learner.other_test_images
    tried = learning.try_learning_rates(learner.network, trace, labels, pixels, their)
    return {
        **{
            name: values.tolist()
            for name, values in zip(("rates", "own", "rest"), tried, strict=True)
        },
        "others": len(their),
        **learning.classify_learning_rates(*tried),
        "trained": [sgd_rate_for_step(rate) for rate in tried[0].tolist()],
    }


def sgd_rate_for_step(rate: float) -> float | None:
    """Return the rate at which SGD steps are as long as those of plain gradient descent at `rate`.

    SGD has a momentum of 0.9, so its steps grow to ten times the first step. Return None if the
    result is outside the range of the learning rate setting.
    """
    shorter = rate * (1 - OPTIMIZERS["sgd"].keras_arguments["momentum"])
    row = SETTINGS["learning_rate"]
    return float(f"{shorter:.2g}") if row.minimum <= shorter <= row.maximum else None


SCREENS: Mapping[str, Callable[[NetworkLearner], dict[str, object]]] = {
    "loss": lambda learner: {},
    "weight": _weight_screen_data,
    "all": _all_weights_screen_data,
    "again": _repeat_screen_data,
    "many": _batch_screen_data,
    "size": _step_size_screen_data,
}
"""Functions that return the data of the "One step" screens, by screen name, in order."""
