"""Draws the "One step" tool: how the network learns the image in a single training step."""

import zlib
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from fvapp.core.errors import FvappError, ModelError
from fvapp.core.inspection import (
    EARLY,
    Network,
    first_hidden_step,
    frame_at_moment,
    loss_gradients,
    network_of_run,
    require_teachable_network,
)
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.ui.inside.card import Card, dataset_image_html, signed_picture_html
from fvapp.ui.inside.step_maths import draw_step_maths
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import InspectedImage, ToolExplanation
from fvapp.ui.networks.one_step import NetworkLearner, draw_one_step_screen, read_browser_choice

_NOW = -1


def draw_one_step_tool(view: InspectedImage) -> ToolExplanation | None:
    """Draw the current screen of the "One step" tool, or a sentence on why it cannot be shown."""
    t = view.t
    try:
        networks = _networks_by_step(view)
    except FvappError as error:
        st.info(error.to_sentence(t))
        return None
    key = f"one_step_{zlib.crc32(view.image.tobytes())}"  # a new image begins at the first screen
    steps = list(networks)
    words = {_NOW: t("step.moments.now"), 0: t("step.moments.start")}
    moments = [words.get(n) or t("step.moments.early", n=n) for n in steps]
    early = min(steps, key=lambda step: abs(step - EARLY))
    moment = read_browser_choice(key, "moment", steps, early)
    label = read_browser_choice(
        key,
        "teach",
        range(len(view.class_names)),
        view.answer_label if view.true_label is None else view.true_label,
    )
    taught = [t("step.teach", name=name) for name in view.class_names]
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
        networks[moment],
        np.asarray(view.image),
        label,
        view.true_label,
        view.model.loaded_dataset,
        view.class_names,
    )
    with st.container(key="one_step"):
        screen = draw_one_step_screen(
            learner, t, key, moments[steps.index(moment)], _train_page_url(view), choices
        )
    return ToolExplanation(draw_details=lambda: draw_step_maths(learner, screen, t))


def _train_page_url(view: InspectedImage) -> str:
    """Return a URL of the train page with the run's settings, but with SGD at the default rate."""
    settings = replace(
        _require_learnable_run(view).settings,
        optimizer="sgd",
        learning_rate=RunSettings.learning_rate,
    )
    return f"./?{urlencode(settings.to_query())}"


def _networks_by_step(view: InspectedImage) -> dict[int, Network]:
    """Return the network before training, early in training and now.

    The keys are the numbers of training steps; the current network's key is `_NOW`.

    Raises:
        ModelError: the network is of an unsupported kind, or its early weights were not stored.
    """
    record = _require_learnable_run(view)
    frames = view.visit.engine.answers.read_frames(view.visit.token, view.model.model_id)
    wanted = (*(frame for frame in frames if not frame.step), frame_at_moment(frames))
    networks = {frame.step: network_of_run(record.settings, frame.weights) for frame in wanted}
    return {step: network for step, network in networks.items() if not network.has_diverged} | {
        _NOW: view.network
    }


def _require_learnable_run(view: InspectedImage) -> RunRecord:
    """Return the network's run if "One step" can show how the network learns.

    Raises:
        ModelError: the network is a ready-made model, or of an unsupported kind.
    """
    if view.model.run_record is None:
        raise ModelError("learning_shipped")
    require_teachable_network(view.network, len(view.class_names))
    return view.model.run_record


def _step_tool_card(view: InspectedImage) -> Card:
    """Return the tool's card: the image, and how a step changes two neurons' weights."""
    _require_learnable_run(view)
    if not (view.model.is_training or view.model.has_film):
        raise ModelError("learning_no_frames")
    place = first_hidden_step(view.network)
    label = view.answer_label if view.true_label is None else view.true_label
    words = view.t("inside.cards.step", label=view.class_names[label])
    if place is None:
        return [dataset_image_html(view, view.image)], words
    pushes = -loss_gradients(view.step_traces, np.array([label]))[place][0]
    ends = [int(unit) for unit in (pushes.argmax(), pushes.argmin()) if pushes[unit]]
    return [
        dataset_image_html(view, view.image),
        *(signed_picture_html(view.image * np.sign(pushes[unit])) for unit in ends),
    ], words


TOOL = InsideTool(30, draw_one_step_tool, _step_tool_card)
