"""Missions 9 and 10: verdicts from the inside of the visitor's own network."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fvapp.charts.confusion import confusion_figure
from fvapp.core.answers import shares
from fvapp.core.datasets import DATASETS, Dataset
from fvapp.core.errors import Term
from fvapp.core.inspection.helping import helping_units, hidden_step, products
from fvapp.core.inspection.mistakes import read_answers
from fvapp.core.inspection.network import Network
from fvapp.core.inspection.surgery import parts_of
from fvapp.core.missions import Verdict
from fvapp.core.missions.table.confusion import SHIRT, judge_shirts
from fvapp.core.missions.table.inside_neuron import judge_one_neuron
from fvapp.core.runs import RunRecord
from fvapp.core.wording import class_names
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.parts.by_class import read_test_logits
from fvapp.ui.parts.charts import draw_chart
from fvapp.ui.parts.data_sets import open_dataset
from fvapp.ui.parts.tiles import cell_hint, draw_tiles

IMAGE = 61  # test image of MNIST: an 8
SHOWN = 12


def draw_inside(opened: OpenMission, record: RunRecord) -> Verdict:
    """Look into a network of the visitor's; return what it says.

    Raises:
        FvappError: nothing can be seen of it now.
    """
    network = opened.visit.engine.network(opened.visit.token, record.id)
    data = open_dataset(opened.mission.dataset)
    if opened.mission.id == "inside_neuron":
        return _one_neuron(opened, network, data)
    return _shirts(opened, record, network, data)


def _one_neuron(opened: OpenMission, network: Network, data: Dataset) -> Verdict:
    """Draw what the most helpful neurons see of an 8, and switch them off on the test set."""
    t, image = opened.visit.t, np.asarray(data.x_test[IMAGE])
    label = int(data.y_test[IMAGE])
    passed = network.passed(image[None])
    place = hidden_step(network)
    units = [int(unit) for unit in helping_units(network, passed, label, place).order[:SHOWN]]
    draw_tiles(
        products(network, image)[units],
        key="mission_neurons",
        label=t("inside.flow.pictures.products"),
        captions=[t("inside.neuron.name", unit=unit) for unit in units],
        size=84,
        hint=cell_hint(t),
        under=image,
    )
    st.caption(t("inside.flow.about.products"))
    parts = parts_of(network, network.features(data.x_test), np.asarray(data.y_test))
    return judge_one_neuron(parts, label, Term(DATASETS[data.name].class_names[label]))


def _shirts(opened: OpenMission, record: RunRecord, network: Network, data: Dataset) -> Verdict:
    """Draw the confusion of the test set and the shirts that are taken for something else."""
    t = opened.visit.t
    names = class_names(data.name, t)
    logits = read_test_logits(opened.visit, record.id, len(data.x_test))
    answers = read_answers(shares(logits, network.temperature), data.y_test)
    figure = confusion_figure(answers.confusion(), names, t)
    draw_chart(figure, "mission_confusion", t("missions.confusion.chart_alt"))
    wrong = [image for image in answers.wrong if answers.labels[image] == SHIRT][:SHOWN]
    if wrong:
        draw_tiles(
            np.asarray(data.x_test[np.asarray(wrong)]),
            key="mission_shirts",
            label=t("missions.confusion.shirts"),
            captions=[names[answers.answers[image]] for image in wrong],
            size=84,
        )
        st.caption(t("missions.confusion.shirts"))
    return judge_shirts(answers.confusion(), lambda label: Term(DATASETS[data.name].class_names[label]))
