"""What a mission asks of its networks after they have been trained: how sure they are, of what, what they look at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fvapp.charts.probabilities import probabilities_figure
from fvapp.core.datasets import split_validation
from fvapp.core.inspection.mark import look_at_mark
from fvapp.core.inspection.questions import TRAINING_CHUNK, RightInTraining
from fvapp.core.missions.table.epochs import judge_sureness
from fvapp.core.missions.table.five_outputs import describe_spare
from fvapp.core.results.calibration import undo_temperature
from fvapp.core.runs import RunRecord
from fvapp.core.wording import class_names, percent
from fvapp.ui.browser.folds import open_fold
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.pictures_as_numbers import draw_image
from fvapp.ui.parts.charts import draw_chart
from fvapp.ui.parts.data_sets import open_dataset
from fvapp.ui.parts.tiles import cell_hint, draw_tiles

NOTEBOOKS_IMAGE = 34  # the test image of which the notebook prints the ten numbers
_TRAINED_ON_HEIGHT = 100  # of what its fold says, roughly, in pixels
_SPARE_ASKED = 60  # test images; the engine answers about 64 at a time
_SIZE = 168  # CSS pixels of a picture
_OTHER = 9  # test image: a sneaker, of which a few pixels make a boot


def draw_same_image(opened: OpenMission, records: Sequence[RunRecord]) -> None:
    """Ask the shortest and the longest run about the same test image, and say which is surer."""
    t = opened.visit.t
    short, *_, long = sorted(records, key=lambda record: record.epochs)
    st.subheader(t("missions.epochs.same_image.title"))
    dataset = open_dataset(opened.mission.dataset)
    last = len(dataset.x_test) - 1
    label = t("missions.epochs.same_image.index", last=f"{last:,}")
    index = st.number_input(label, 0, last, NOTEBOOKS_IMAGE, key="same_image", width=280)
    image, answers = np.asarray(dataset.x_test[index]), []
    for record in (short, long):
        (answer,) = opened.visit.engine.classify(opened.visit.token, record.id, [image])
        # As the network itself is sure: calibrated, the page would hide what the mission is about.
        answers.append(undo_temperature(answer, record.result.temperature))
    names = class_names(dataset.name, t)
    shown, *charts = st.columns([2, 4, 4], gap="medium")
    with shown:
        draw_image(opened, dataset, "test", index)
    for record, answer, column in zip((short, long), answers, charts, strict=True):
        with column:
            st.markdown(t("missions.epochs.same_image.after", epochs=record.epoch))
            figure = probabilities_figure(answer, names, t)
            draw_chart(figure, f"same_image_{record.epochs}", t("missions.chart.shares_alt"))
    verdict = judge_sureness(*answers, int(dataset.y_test[index]), names.__getitem__)
    values = {**verdict.values, "index": index, "short": short.epoch, "long": long.epoch}
    st.markdown(t("missions.epochs.same_image.facts", **values))
    st.markdown(t(f"missions.epochs.same_image.{verdict.outcome}"))


def draw_spare(opened: OpenMission, records: Sequence[RunRecord]) -> None:
    """Ask the run with more outputs than classes about many images, and say what the spare ones get."""
    trained = [record for record in records if record.can_continue]
    if not trained:
        return
    dataset = open_dataset(opened.mission.dataset)
    images = [np.asarray(dataset.x_test[index]) for index in range(_SPARE_ASKED)]
    answers = opened.visit.engine.classify(opened.visit.token, trained[-1].id, images)
    st.markdown(opened.visit.t("missions.five_outputs.spare", **describe_spare(answers)))


def draw_trained_on(opened: OpenMission, record: RunRecord) -> None:
    """Draw a fold in which the finished network answers the images it was trained on, beside the new ones."""
    t, settings = opened.visit.t, record.settings
    if place := open_fold("mission_trained_on", t("missions.network.trained_on.title"), _TRAINED_ON_HEIGHT):
        dataset = open_dataset(settings.dataset)
        images, count = settings.train_images or len(dataset.x_train), len(dataset.x_test)
        end, _ = split_validation(images, settings.validation_split)
        questions = [RightInTraining(count, begin, end) for begin in range(0, end, TRAINING_CHUNK)]
        counted = [opened.visit.engine.inspect(opened.visit.token, record.id, question) for question in questions]
        right, asked = np.sum(counted, axis=0)
        values = {"train": percent(right / asked), "test": percent(record.result.test_accuracy)}
        place.markdown(t("missions.network.trained_on.result", images=f"{asked:,}", **values))


def draw_mark(opened: OpenMission, record: RunRecord) -> None:
    """Draw them for the first test image of the marked class, and for one of another class."""
    t, label = opened.visit.t, record.settings.marked_class
    network = opened.visit.engine.network(opened.visit.token, record.id)
    data = open_dataset(record.settings.dataset)
    names, words = class_names(data.name, t), f"missions.{opened.mission.id}.inside"
    boot, other = np.asarray(data.x_test[int(np.argmax(data.y_test == label))]), np.asarray(data.x_test[_OTHER])
    look = look_at_mark(network, boot, other, label)
    st.subheader(t(f"{words}.title"))
    with st.container(key="mark_inside", horizontal=True, gap="medium"):
        with st.container(width=320):
            draw_tiles(
                look.help[None],
                key="mark_help",
                label=t(f"{words}.help_alt"),
                size=_SIZE,
                hint=cell_hint(t),
                under=look.image,
            )
            st.markdown(t(f"{words}.help", name=names[label], share=percent(look.share, 0)))
        if look.changed is not None:
            with st.container(width=320):
                caption = t(f"{words}.changed_alt", name=names[data.y_test[_OTHER]], as_name=names[label])
                draw_tiles(look.changed.image[None], key="mark_changed", label=caption, size=_SIZE)
                n = len(look.changed.pixels)
                st.markdown(f"{caption} {t(f'{words}.changed', n=n, on_mark=look.on_mark)}")
