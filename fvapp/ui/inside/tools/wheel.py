"""Draws the class wheel tool, which places test images on a wheel by the network's answers."""

import numpy as np
import streamlit as st

from fvapp.charts.wheel import class_wheel_figure
from fvapp.core.datasets import DATASETS, image_text_lines, validation_split_sizes
from fvapp.core.inspection import (
    TRAINING_CHUNK,
    NearestTrainingImagesQuestion,
    answers_from_shares,
    class_points_on_circle,
    count_neighbour_classes,
    jitter_positions,
    merge_nearest_images,
    order_classes_on_wheel,
    place_images_on_wheel,
    stratified_sample,
)
from fvapp.core.wording import join_sentences
from fvapp.ui.inside.card import Card, dataset_image_html
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import (
    InspectedImage,
    InspectedModel,
    ToolExplanation,
    draw_button_until_requested,
)
from fvapp.ui.networks.asking import ask_questions_in_turn, read_test_logits
from fvapp.ui.parts import draw_clickable_chart
from fvapp.ui.pictures import draw_tiles

DOTS = 500
_FOUND = "inside_neighbours"


def draw_class_wheel(view: InspectedImage) -> ToolExplanation | None:
    """Draw the class wheel, and the training images most like the clicked or current image."""
    t = view.t
    data = view.model.loaded_dataset
    network = view.network
    logits = read_test_logits(view.visit, view.model.model_id, len(data.x_test), t("inside.asking"))
    answers = answers_from_shares(network.to_shares(logits), data.y_test, len(view.class_names))
    points = class_points_on_circle(order_classes_on_wheel(answers.confusion_matrix()))
    colours = DATASETS[view.model.dataset].class_colours
    sample = stratified_sample(data.y_test, DOTS)
    places = place_images_on_wheel(logits[sample], points, network.temperature) + jitter_positions(
        len(sample)
    )
    mine = place_images_on_wheel(view.step_traces[-1].sums, points, network.temperature)[0]

    with st.container(key="wheel_row"):
        with st.container(key="wheel"):
            figure = class_wheel_figure(
                places, data.y_test[sample], sample, points, view.class_names, colours, mine, t
            )
            clicked = draw_clickable_chart(
                figure, f"wheel_{view.model.model_id}", t("inside.wheel.alt", n=len(sample))
            )
        number = clicked[0] if clicked and 0 <= clicked[0] < len(data.x_test) else None
        if number is not None:
            image = data.x_test[number]
            label = int(data.y_test[number])
            view = InspectedImage(view.visit, view.model, image, label)
        with st.container(key="neighbours"):
            _draw_nearest_training_images(view, number)
    return ToolExplanation(t("inside.wheel.about"))


def _draw_nearest_training_images(view: InspectedImage, number: int | None) -> None:
    model = view.model
    names = view.class_names
    t = view.t
    label = t("inside.neighbours.find")
    if number is None and not draw_button_until_requested(
        _FOUND, view.cache_key, label, "find_neighbours", ":material/group_search:"
    ):
        return
    end = _count_learned_images(model)
    pixels = view.image.tobytes()
    count = len(model.loaded_dataset.x_test)
    questions = [
        NearestTrainingImagesQuestion(count, begin, end, pixels)
        for begin in range(0, end, TRAINING_CHUNK)
    ]
    nearest = np.concatenate(
        list(
            ask_questions_in_turn(
                view.visit, model.model_id, questions, t("inside.neighbours.searching")
            )
        ),
        axis=1,
    )
    candidates = {"hidden": nearest[:2], "pixels": nearest[2:]}
    if len(model.network.weighted_steps) == 1:
        del candidates["hidden"]
    for kind, found in candidates.items():
        rows = merge_nearest_images(*found)[0].astype(int)
        votes = count_neighbour_classes(model.loaded_dataset.y_train[rows])
        words = t("common.comma").join(
            t("inside.neighbours.vote", n=n, class_name=names[label]) for label, n in votes
        )
        st.markdown(t(f"inside.neighbours.{kind}", votes=words))
        images = np.concatenate([view.image[None], model.loaded_dataset.x_train[rows]])
        draw_tiles(
            images,
            lines=image_text_lines(images, model.dataset),
            key=f"neighbours_{kind}",
            label=t(f"inside.neighbours.{kind}", votes=words),
            captions=[
                t("inside.neighbours.mine"),
                *(names[label] for label in model.loaded_dataset.y_train[rows]),
            ],
            size=56,
        )

    st.caption(
        join_sentences(
            t,
            t(_neighbours_note_key(model), n=f"{end:,}"),
            t("inside.neighbours.answer", answer=view.answer_class_name),
        )
    )


def _count_learned_images(model: InspectedModel) -> int:
    """Return the number of training images that the network learned from.

    These are the first images of the training set.
    """
    available = len(model.loaded_dataset.x_train)
    if model.run_record is None:
        return available
    settings = model.run_record.settings
    return validation_split_sizes(
        min(available, settings.train_images or available), settings.validation_split
    )[0]


def _neighbours_note_key(model: InspectedModel) -> str:
    if model.run_record is None:
        return "inside.neighbours.shipped"
    settings = model.run_record.settings
    if settings.alters_training_data:
        return "inside.neighbours.altered"
    return "inside.neighbours.varied" if settings.augmentation else "inside.neighbours.seen"


def _class_wheel_card(view: InspectedImage) -> Card:
    points = class_points_on_circle(np.arange(len(view.class_names)))
    mine = place_images_on_wheel(view.step_traces[-1].sums, points, view.network.temperature)[0]
    dots = "".join(
        f'<circle cx="{x:.2f}" cy="{-y:.2f}" r="0.13" fill="{colour}"/>'
        for (x, y), colour in zip(points, DATASETS[view.model.dataset].class_colours, strict=True)
    )
    place = f'cx="{mine[0]:.2f}" cy="{-mine[1]:.2f}"'
    ring = f'<circle {place} r="0.2" fill="none" stroke="currentColor" stroke-width="0.08"/>'
    wheel_html = f'<span class="signed"><svg viewBox="-1.3 -1.3 2.6 2.6">{dots}{ring}</svg></span>'
    order = np.argsort(-view.class_probabilities)[:2]
    examples = [
        np.flatnonzero(view.model.loaded_dataset.y_test[:400] == label)[:1] for label in order
    ]
    images = [
        dataset_image_html(view, view.model.loaded_dataset.x_test[rows[0]])
        for rows in examples
        if len(rows)
    ]
    first = view.class_names[order[0]]
    second = view.class_names[order[-1]]
    return [wheel_html, *images], view.t("inside.cards.wheel", answer=first, second=second)


TOOL = InsideTool(90, draw_class_wheel, _class_wheel_card)
