"""Draws the "Fool it" tool for text, in which replacing a letter may change the answer."""

import zlib

import streamlit as st

from fvapp.core.datasets import image_text_lines
from fvapp.core.inspection import find_strongest_letter, labels_by_row, replace_letter
from fvapp.ui.browser import draw_segmented_control
from fvapp.ui.inside.card import Card, dataset_image_html
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import InspectedImage, ToolExplanation


def draw_letter_swap(view: InspectedImage) -> ToolExplanation | None:
    """Draw the fields for a letter and its replacement, and the answers before and after."""
    t = view.t
    form = view.text_form
    labels = labels_by_row(view.image, form)
    key = f"letter_{zlib.crc32(view.image.tobytes())}"

    def choose_strongest_swap() -> None:
        row, label = find_strongest_letter(view.network, view.image, form)
        st.session_state[key] = row
        st.session_state[f"{key}_{row}"] = label

    with st.container(key="letter"):
        words = {row: form.visible_signs[label] for row, label in labels.items()}
        row = draw_segmented_control(t("inside.letter.which"), words, key, max(words))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            label = st.selectbox(
                t("inside.letter.becomes", letter=words[row]),
                range(len(form.signs)),
                index=labels[row],
                format_func=form.visible_signs.__getitem__,
                key=f"{key}_{row}",
                width=180,
            )
            st.button(
                t("inside.letter.search"),
                key="letter_search",
                icon=":material/search:",
                on_click=choose_strongest_swap,
            )
        changed = replace_letter(view.image, row, label, form)
        new_shares = view.network.class_shares(changed[None])[0]
        lines = image_text_lines([view.image, changed], view.model.dataset)
        for box, line, answers in zip(
            st.columns(2), lines, (view.class_probabilities, new_shares), strict=True
        ):
            box.metric(
                line,
                view.class_names[answers.argmax()],
                view.likeliest_classes_text(answers),
                delta_color="off",
                delta_arrow="off",
                border=True,
            )
    return ToolExplanation(t("inside.letter.about"))


def _letter_swap_card(view: InspectedImage) -> Card:
    letter = find_strongest_letter(view.network, view.image, view.text_form)
    changed = replace_letter(view.image, *letter, view.text_form)
    answer = view.class_names[view.network.predict_label(changed)]
    pictures = [dataset_image_html(view, image) for image in (view.image, changed)]
    return pictures, view.t("inside.cards.letter", answer=answer)


TOOL = InsideTool(
    50, draw_letter_swap, _letter_swap_card, works_in_training=True, works_for_pictures=False
)
