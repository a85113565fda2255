"""Fool it, for text: one letter becomes another, and the answer changes or stays."""

import zlib
from typing import Any

import numpy as np
import streamlit as st

from fvapp.core.answers import shares
from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets.lines import text_lines
from fvapp.core.inspection.letters import Letter, letters_of, strongest_letter, with_letter
from fvapp.core.wording import percent
from fvapp.ui.browser.choices import draw_segments
from fvapp.ui.inside.card import Card, data_picture
from fvapp.ui.inside.tool import Tool
from fvapp.ui.inside.view import Explanation, View

_SHOWN = 3  # answers


def draw_letter(view: View) -> Explanation | None:
    """Draw the choice of a letter and of another in its place, and both answers."""
    t = view.t
    form: Any = DATASETS[view.model.dataset].text  # not None: the tool is for text
    labels_by_row = dict(letters_of(view.image, form))
    number = zlib.crc32(view.image.tobytes())
    row_key = f"letter_row_{number}"

    def label_key(row: int) -> str:
        return f"letter_label_{number}_{row}"

    def search() -> None:
        row, label = strongest_letter(view.network, view.image, form)
        st.session_state[row_key] = row
        st.session_state[label_key(row)] = label

    with st.container(key="letter"):
        words = {row: form.shown[label] for row, label in labels_by_row.items()}
        row = draw_segments(t("inside.letter.which"), words, row_key, max(words))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            label = st.selectbox(
                t("inside.letter.becomes", letter=words[row]),
                range(len(form.signs)),
                index=labels_by_row[row],
                format_func=form.shown.__getitem__,
                key=label_key(row),
                width=180,
            )
            st.button(
                t("inside.letter.search"),
                key="letter_search",
                icon=":material/search:",
                on_click=search,
            )
        changed = with_letter(view.image, Letter(row, label), form)
        new_shares = shares(view.network.logits(changed[None]), view.network.temperature)[0]
        lines = text_lines([view.image, changed], view.model.dataset)
        for box, line, answers in zip(st.columns(2), lines, (view.shares, new_shares), strict=True):
            with box, st.container(border=True):
                _draw_answers(view, line, answers)
    return Explanation(t("inside.letter.about", n=len(labels_by_row) * (len(form.signs) - 1)))


def _draw_answers(view: View, line: str, answers: np.ndarray) -> None:
    """Draw what comes next after a line, by these shares."""
    first, *others = np.argsort(-answers)[:_SHOWN]
    st.metric(
        line,
        view.names[first],
        percent(float(answers[first])),
        delta_color="off",
    )
    st.caption(
        view.t("common.comma").join(
            f"{view.names[label]} {percent(float(answers[label]))}" for label in others
        )
    )


def _letter_card(view: View) -> Card:
    form: Any = DATASETS[view.model.dataset].text
    changed = with_letter(
        view.image,
        strongest_letter(view.network, view.image, form),
        form,
    )
    answer = view.names[int(view.network.logits(changed[None])[0].argmax())]
    pictures = [data_picture(view, image) for image in (view.image, changed)]
    return pictures, view.t("inside.cards.letter", answer=answer)


TOOL = Tool(50, draw_letter, _letter_card, works_in_training=True, of_pictures=False)
