"""Draws the letters tool: which letters at each position favour or oppose a next character."""

import numpy as np
import streamlit as st

from fvapp.core.inspection import letter_weights
from fvapp.ui.inside.card import Card
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import InspectedImage, ToolExplanation
from fvapp.ui.parts import write_markdown_table

_ROWS = 8
_LETTERS = 6


def draw_letter_weights(view: InspectedImage) -> ToolExplanation | None:
    """Draw a list of characters (signs), and letters that favour or oppose the chosen character.

    At each position, these letters make it more or less likely that the chosen character comes
    next.
    """
    t = view.t
    with st.container(key="letters"):
        label = st.selectbox(
            t("inside.letters.sign"),
            range(view.network.class_count),
            index=view.answer_label,
            format_func=view.class_names.__getitem__,
            key=f"letters_of_{view.model.model_id}_{view.answer_label}",
            width=220,
        )
        rows = enumerate(_letters_by_place(view, label)[:_ROWS], start=1)
        name = view.class_names[label]
        head = [
            t("inside.letters.back"),
            t("inside.letters.for", sign=name),
            t("inside.letters.against", sign=name),
        ]
        places = [(t("inside.letters.place", n=place), *letters) for place, letters in rows]
        write_markdown_table(head, places, worded=True)
    return ToolExplanation(t("inside.letters.about"))


def _letters_by_place(view: InspectedImage, label: int) -> list[tuple[str, str]]:
    """Return, for each position, the letters that favour or oppose the next character `label`.

    The last position comes first.
    """
    form = view.text_form
    often = np.bincount(view.model.loaded_dataset.y_train, minlength=len(form.signs))
    weighed = letter_weights(view.network, label, form) * often

    def letters_above_zero(values: np.ndarray) -> str:
        order = np.argsort(-values)[:_LETTERS]
        return " ".join(form.visible_signs[sign] for sign in order if values[sign] > 0)

    return [(letters_above_zero(values), letters_above_zero(-values)) for values in weighed[::-1]]


def _letter_weights_card(view: InspectedImage) -> Card:
    ((letters, _), *_) = _letters_by_place(view, view.answer_label)
    words = view.t("inside.cards.letters", answer=view.answer_class_name)
    return [f'<span class="wide name">{letters}</span>'], words


TOOL = InsideTool(
    25, draw_letter_weights, _letter_weights_card, works_in_training=True, works_for_pictures=False
)
