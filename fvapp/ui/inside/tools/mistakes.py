"""Draws the mistakes tool: the confusion matrix, images of a cell, and confident mistakes."""

from itertools import pairwise

import numpy as np
import streamlit as st

from fvapp.charts.confusion import confusion_figure
from fvapp.core.colours import TEST, VALIDATION
from fvapp.core.datasets import image_text_lines, twelve_images
from fvapp.core.glossary import MISTAKE_WORDS
from fvapp.core.inspection import (
    TestAnswers,
    find_mislabelled_images,
    most_confused_pair,
    precision_and_recall,
)
from fvapp.core.results.chance import wilson_interval
from fvapp.core.results.shown_classes import MOST_SHOWN, choose_classes_to_show
from fvapp.core.wording import run_title, share_as_percent
from fvapp.ui.browser import draw_segmented_control
from fvapp.ui.inside.card import Card, dataset_image_html
from fvapp.ui.inside.models import other_models
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import InspectedImage, ToolExplanation, read_test_answers
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import draw_clickable_chart, draw_word_popovers, write_markdown_table
from fvapp.ui.pictures import draw_tiles
from fvapp.ui.visit import Visit

SHOWN = 24
_OF_CELL = 12
LISTS = ("surest", "least_sure", "disagree", "classes")
_CELL = "inside_confusion_cell"
BANDS = (0.0, 0.5, 0.7, 0.9, 0.99, 1.01)


def draw_mistakes(view: InspectedImage) -> ToolExplanation | None:
    """Draw the confusion matrix of the test set, and the test images of the selected cell."""
    t = view.t
    names = view.class_names
    answers = read_test_answers(view.visit, view.model)
    _draw_confusion_matrix(view, answers)

    count = len(answers.true_labels)
    wrong = len(answers.misclassified_images)
    low, high = map(share_as_percent, wilson_interval(count - wrong, count))

    def draw_mistake_details() -> None:
        draw_word_popovers(t, MISTAKE_WORDS, key="mistake_words")
        with st.container(key="mistakes"):
            _draw_mistake_list(view, answers)
        confusion = answers.confusion_matrix()
        kept = choose_classes_to_show(confusion.sum(axis=1))
        head = ["", *(names[label] for label in kept)]
        write_markdown_table(
            head, [(names[row], *(f"{n:,}" for n in confusion[row, kept])) for row in kept]
        )

    return ToolExplanation(
        t(
            "inside.mistakes.about",
            low=low,
            high=high,
            accuracy=share_as_percent(answers.accuracy),
            wrong=f"{wrong:,}",
            n=f"{count:,}",
        ),
        draw_mistake_details,
    )


def _draw_confusion_matrix(view: InspectedImage, answers: TestAnswers) -> None:
    t = view.t
    names = view.class_names
    state = st.session_state
    confusion = answers.confusion_matrix()
    worst = most_confused_pair(confusion)
    figure_box, cell_box = st.columns([5, 4], gap="large")
    with figure_box, st.container(key="confusion"):
        as_shares = st.toggle(t("inside.mistakes.shares"), key="confusion_shares")
        if worst is not None:
            label, answer, times = worst
            st.caption(
                t("inside.mistakes.worst", label=names[label], answer=names[answer], n=times)
            )
        figure = confusion_figure(confusion, names, t, as_shares=as_shares)
        chosen = draw_clickable_chart(
            figure, "confusion_chart", _confusion_alt_text(view, answers, worst)
        )[:2]

    if len(chosen) == 2 and all(0 <= number < len(names) for number in chosen):
        state[_CELL] = (view.model.model_id, *chosen)
    kept = state.get(_CELL)
    if kept and kept[0] == view.model.model_id:
        label, answer = kept[1:]
    else:
        label, answer = worst[:2] if worst else (0, 0)

    with cell_box, st.container(key="cell_images"):
        with st.container(horizontal=True):
            options = range(len(names))
            # Two select boxes let visitors choose a cell of the confusion matrix without a mouse.
            label, answer = (
                st.selectbox(
                    t(f"inside.mistakes.{side}"),
                    options,
                    number,
                    format_func=names.__getitem__,
                    key=f"cell_{label}_{answer}_{side}",
                )
                for side, number in (("true", label), ("as", answer))
            )
        images = answers.images_in_confusion_cell(label, answer)
        st.markdown(
            t(
                "inside.mistakes.cell" if len(images) else "inside.mistakes.empty_cell",
                label=names[label],
                answer=names[answer],
                n=f"{len(images):,}",
            )
        )
        _draw_answered_images(view, answers, images[:_OF_CELL], "cell")


def _draw_mistake_list(view: InspectedImage, answers: TestAnswers) -> None:
    t = view.t
    words = {name: t(f"inside.mistakes.lists.{name}") for name in LISTS}
    chosen = draw_segmented_control(t("inside.mistakes.list"), words, "mistakes_list")
    st.caption(t(f"inside.mistakes.lists_about.{chosen}"))
    if chosen == "surest":
        _draw_confidence_bands(view.visit, answers)
        _draw_answered_images(view, answers, answers.misclassified_images[:SHOWN], "wrong")
    elif chosen == "least_sure":
        _draw_answered_images(view, answers, answers.least_sure_images[:SHOWN], "least_sure")
    elif chosen == "disagree":
        _draw_disagreeing_networks(view, answers)
    else:
        _draw_precision_and_recall(view, answers)


def _draw_confidence_bands(visit: Visit, answers: TestAnswers) -> None:
    """Draw a table of how often the network is wrong in each range of confidence."""
    rows = []
    for low, high in pairwise(BANDS):
        inside = (answers.confidence >= low) & (answers.confidence < high)
        right = answers.predicted_labels[inside] == answers.true_labels[inside]
        share = share_as_percent(float(right.mean()) if len(right) else None)
        band = f"{share_as_percent(low, 0)} – {share_as_percent(min(1.0, high), 0)}"
        rows.append((band, f"{len(right):,}", f"{np.sum(~right):,}", share))
    write_markdown_table(
        [visit.t(f"inside.mistakes.bands.{name}") for name in ("sure", "images", "wrong", "right")],
        rows,
    )


def _draw_disagreeing_networks(view: InspectedImage, answers: TestAnswers) -> None:
    t = view.t
    others = other_models(view.model)[:2]
    if not others:
        st.info(t("inside.mistakes.one_network"))
        return
    images = find_mislabelled_images(
        [answers, *(read_test_answers(view.visit, other) for other in others)]
    )
    titles = [run_title(other.run_record, t) for other in others if other.run_record]
    names = escape_markdown(t("common.comma").join(titles))
    st.markdown(t("inside.mistakes.disagree", n=f"{len(images):,}", others=names))
    _draw_answered_images(view, answers, images[:SHOWN], "disagree")


def _draw_precision_and_recall(view: InspectedImage, answers: TestAnswers) -> None:
    t = view.t
    names = view.class_names
    confusion = answers.confusion_matrix()
    precision, recall = precision_and_recall(confusion)
    known = np.isfinite(recall)
    if known.any():
        worst = int(np.nanargmin(recall))
        recognised = int(confusion[worst, worst])
        st.markdown(
            t(
                "inside.mistakes.in_words",
                class_name=names[worst],
                n=int(confusion[worst].sum()),
                found=recognised,
                said=int(confusion[:, worst].sum()),
            )
        )

    head = [t(f"inside.mistakes.{name}") for name in ("class_name", "precision", "recall")]
    write_markdown_table(
        head,
        [
            (names[i], share_as_percent(float(precision[i])), share_as_percent(float(recall[i])))
            for i in range(len(names))
        ],
    )


def _draw_answered_images(
    view: InspectedImage, answers: TestAnswers, images: np.ndarray, key: str
) -> None:
    """Draw test images with the network's answers, their probabilities and the true classes."""
    if not len(images):
        return
    t = view.t
    names = view.class_names
    pictures = view.model.loaded_dataset.x_test[images]
    captions = [
        f"{names[answers.predicted_labels[i]]} {share_as_percent(float(answers.confidence[i]))}"
        for i in images
    ]
    labels = [
        t(
            "inside.mistakes.image",
            index=f"{i:,}",
            label=names[answers.true_labels[i]],
            answer=caption,
        )
        for i, caption in zip(images, captions, strict=True)
    ]
    if key in ("wrong", "disagree"):
        captions = [
            f"{names[answers.true_labels[i]]} → {caption}"
            for i, caption in zip(images, captions, strict=True)
        ]
    draw_tiles(
        pictures,
        key=f"images_{key}",
        label=t("inside.mistakes.images"),
        captions=captions,
        lines=image_text_lines(pictures, view.model.dataset),
        labels=labels,
        size=72,
    )


def _confusion_alt_text(
    view: InspectedImage, answers: TestAnswers, worst: tuple[int, int, int] | None
) -> str:
    t = view.t
    names = view.class_names
    if worst is None:
        return t("inside.mistakes.alt_right", n=f"{len(answers.true_labels):,}")
    label, answer, times = worst
    return t(
        "inside.mistakes.alt",
        wrong=f"{len(answers.misclassified_images):,}",
        label=names[label],
        answer=names[answer],
        n=times,
    )


def _sketch_square_opacity(row: int, column: int) -> float:
    """Return the opacity of a square in the sketch of a confusion matrix.

    The opacity is high on the diagonal and for a few mistakes.
    """
    if row == column:
        return 0.85
    return 0.68 if (7 * row + 3 * column) % 11 == 0 else 0.08


def _mistakes_card(view: InspectedImage) -> Card:
    """Return a card with a sketch of a typical confusion matrix and two test images."""
    size = min(len(view.class_names), MOST_SHOWN)
    squares = "".join(
        f'<rect x="{column}" y="{row}" width="0.85" height="0.85" '
        f'fill="{TEST if row == column else VALIDATION}" '
        f'opacity="{_sketch_square_opacity(row, column):.2f}"/>'
        for row in range(size)
        for column in range(size)
    )
    drawn = f'<span class="signed"><svg viewBox="0 0 {size} {size}">{squares}</svg></span>'
    twelve = twelve_images(view.model.loaded_dataset)
    pictures = [drawn, *(dataset_image_html(view, image) for image in twelve[:2])]
    record = view.model.run_record
    t = view.t
    if record is None or record.result is None:
        return pictures, t("inside.cards.mistakes")
    wrong = round((1 - record.result.test_accuracy) * len(view.model.loaded_dataset.y_test))
    return pictures, t("inside.cards.wrong", n=f"{wrong:,}")


TOOL = InsideTool(80, draw_mistakes, _mistakes_card)
