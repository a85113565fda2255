"""Draws lines that a text network wrote during its training, from noise to sentences."""

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.templates import render_template
from fvapp.core.texts.lines import WrittenLine
from fvapp.ui.parts import training_moment_text
from fvapp.ui.visit import Visit


def draw_written_lines(visit: Visit, record: RunRecord | None) -> None:
    """Draw the lines that a text network has written, and reserve space while it may write."""
    if record is None or record.settings.dataset_info.text is None:
        return
    t = visit.t
    try:
        lines = visit.engine.answers.lines_written_by_network(visit.token, record.id)
    except FvappError:
        lines = ()
    ended = record.state in FINISHED
    if ended and not lines:
        return

    def moment_label(line: WrittenLine) -> str:
        is_now = line.step is None and (record.step or not ended)
        return t("write.now") if is_now else training_moment_text(line.step or 0, line.epoch, t)

    rows = [(moment_label(line), line.text) for line in lines]
    with st.container(key="written"):
        st.html(
            render_template(
                __package__,
                "lines.html",
                form=record.settings.dataset_info.text,
                rows=rows,
                label=t("write.lines"),
            )
        )
