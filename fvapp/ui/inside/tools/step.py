"""One step: how the network learns the image, starting from an early moment of its training."""

import zlib
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from fvapp.core.errors import FvappError, ModelError
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.frames import EARLY, frame_at
from fvapp.core.inspection.helping import hidden_step
from fvapp.core.inspection.learning import loss_gradients, require_learnable
from fvapp.core.inspection.network import Network
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.ui.inside.card import Card, data_picture, signed_picture
from fvapp.ui.inside.step_maths import draw_maths
from fvapp.ui.inside.tool import Tool
from fvapp.ui.inside.view import Explanation, View
from fvapp.ui.networks.one_step import NetworkLearner, draw_one_step_screen, read_browser_choice

_NOW = -1


def draw_step(view: View) -> Explanation | None:
    """Draw the screens of One step, or say why there are none."""
    t = view.t
    try:
        networks = _networks_by_step(view)
    except FvappError as error:
        st.info(error.sentence(t))
        return None
    key = f"one_step_{zlib.crc32(view.image.tobytes())}"  # a new image starts the screens over
    steps = list(networks)
    words = {_NOW: t("step.moments.now"), 0: t("step.moments.start")}
    moments = [words.get(n) or t("step.moments.early", n=n) for n in steps]
    early = min(steps, key=lambda step: abs(step - EARLY))
    moment = read_browser_choice(key, "moment", steps, early)
    label = read_browser_choice(
        key, "teach", range(len(view.names)), view.answer if view.label is None else view.label
    )
    taught = [t("step.teach", name=name) for name in view.names]
    choices = [
        {
            "name": "moment",
            "title": t("step.moment"),
            "values": steps,
            "words": moments,
            "value": moment,
        },
        {
            "name": "teach",
            "title": t("step.label"),
            "values": [*range(len(taught))],
            "words": taught,
            "value": label,
        },
    ]
    learner = NetworkLearner(
        networks[moment], np.asarray(view.image), label, view.label, view.model.data, view.names
    )
    with st.container(key="one_step"):
        screen = draw_one_step_screen(
            learner, t, key, moments[steps.index(moment)], _train_address(view), choices
        )
    return Explanation(draw=lambda: draw_maths(learner, screen, t))


def _train_address(view: View) -> str:
    """Return a training page URL: this run's settings with SGD, without a learning rate."""
    settings = replace(
        _run_that_learned(view).settings, optimizer="sgd", learning_rate=RunSettings.learning_rate
    )
    return f"./?{urlencode(settings.to_query())}"


def _networks_by_step(view: View) -> dict[int, Network]:
    """Return the network before training, early in training and now, by number of steps taken.

    Raises:
        ModelError: the network cannot be taught here, or its early weights were not kept.
    """
    record = _run_that_learned(view)
    frames = view.visit.engine.answers.frames(view.visit.token, view.model.name)
    wanted = (*(frame for frame in frames if not frame.step), frame_at(frames))
    networks = {frame.step: network_of_run(record.settings, frame.weights) for frame in wanted}
    return {step: network for step, network in networks.items() if not network.broken} | {
        _NOW: view.network
    }


def _run_that_learned(view: View) -> RunRecord:
    """Return the run of a network whose training steps can be shown.

    Raises:
        ModelError: the network ships with the app, or is of an unsupported kind.
    """
    if view.model.record is None:
        raise ModelError("learning_shipped")
    require_learnable(view.network, len(view.names))
    return view.model.record


def _step_card(view: View) -> Card:
    """Return the image, and the step's change to the two neurons that move most, up and down."""
    _run_that_learned(view)
    place = hidden_step(view.network)
    label = view.answer if view.label is None else view.label
    words = view.t("inside.cards.step", label=view.names[label])
    if place is None:
        return [data_picture(view, view.image)], words
    pushes = -loss_gradients(view.trace, np.array([label]))[place][0]
    ends = [int(unit) for unit in (pushes.argmax(), pushes.argmin()) if pushes[unit]]
    return [
        data_picture(view, view.image),
        *(signed_picture(view.image * np.sign(pushes[unit])) for unit in ends),
    ], words


TOOL = Tool(30, draw_step, _step_card)
