"""Fool it, for text: one letter becomes another, and the answer changes or stays."""

import zlib

import streamlit as st

from fvapp.core.answers import shares
from fvapp.core.datasets.lines import text_lines
from fvapp.core.inspection.letters import letters_of, strongest_letter, with_letter
from fvapp.ui.browser.choices import draw_segments
from fvapp.ui.inside.card import Card, data_picture
from fvapp.ui.inside.tool import Tool
from fvapp.ui.inside.view import Explanation, View


def draw_letter(view: View) -> Explanation | None:
    """Draw the choice of a letter and of its replacement, and the answers before and after."""
    t = view.t
    form = view.form
    labels_by_row = letters_of(view.image, form)
    key = f"letter_{zlib.crc32(view.image.tobytes())}"

    def search() -> None:
        row, label = strongest_letter(view.network, view.image, form)
        st.session_state[key] = row
        st.session_state[f"{key}_{row}"] = label

    with st.container(key="letter"):
        words = {row: form.shown[label] for row, label in labels_by_row.items()}
        row = draw_segments(t("inside.letter.which"), words, key, max(words))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            label = st.selectbox(
                t("inside.letter.becomes", letter=words[row]),
                range(len(form.signs)),
                index=labels_by_row[row],
                format_func=form.shown.__getitem__,
                key=f"{key}_{row}",
                width=180,
            )
            icon = ":material/search:"
            st.button(t("inside.letter.search"), key="letter_search", icon=icon, on_click=search)
        changed = with_letter(view.image, row, label, form)
        new_shares = shares(view.network.logits(changed[None]), view.network.temperature)[0]
        lines = text_lines([view.image, changed], view.model.dataset)
        for box, line, answers in zip(st.columns(2), lines, (view.shares, new_shares), strict=True):
            box.metric(
                line,
                view.names[answers.argmax()],
                view.likeliest(answers),
                delta_color="off",
                delta_arrow="off",
                border=True,
            )
    return Explanation(t("inside.letter.about"))


def _letter_card(view: View) -> Card:
    letter = strongest_letter(view.network, view.image, view.form)
    changed = with_letter(view.image, *letter, view.form)
    answer = view.names[view.network.logits(changed[None])[0].argmax()]
    pictures = [data_picture(view, image) for image in (view.image, changed)]
    return pictures, view.t("inside.cards.letter", answer=answer)


TOOL = Tool(50, draw_letter, _letter_card, works_in_training=True, of_pictures=False)
