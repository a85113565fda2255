"""Draws the section of a teacher's board on the drawings that the teacher has kept.

The teacher can share these drawings with the class or delete them.
"""

from collections.abc import Iterable, Mapping

import streamlit as st

from fvapp.core.classroom import Classroom, CollectionSummary
from fvapp.core.dataset_table import FEWEST_OWN
from fvapp.core.examples import HELD_OUT_EVERY
from fvapp.core.wording import Translate
from fvapp.ui.browser import draw_expander
from fvapp.ui.parts import draw_command_button
from fvapp.ui.visit import Visit


def draw_class_data_set(visit: Visit, classroom: Classroom) -> None:
    """Draw the section on the drawings kept from a school class; draw nothing if there are none."""
    t = visit.t
    class_drawings = visit.engine.class_drawings
    kept = class_drawings.summarize_kept_drawings(visit.token, classroom.id)
    if not kept.drawings_by_word:
        return

    with st.container(key="class_set", border=True):
        st.header(t("datasets.class.name"))
        st.markdown(_word_counts_text(kept.drawings_by_word))
        missing = {
            word: HELD_OUT_EVERY - n
            for word, n in kept.drawings_by_word.items()
            if n < HELD_OUT_EVERY
        }
        for sentence in _class_data_set_sentences(kept, t):
            st.caption(sentence)
        if missing:
            st.caption(t("classroom.set.missing", words=_word_counts_text(missing)))
        if not (kept.is_dataset_complete and kept.is_dataset_trainable):
            draw_command_button(
                visit,
                t("classroom.set.again" if kept.dataset_words else "classroom.set.give"),
                "class_set_give",
                class_drawings.make_data_set_of_drawings,
                classroom.id,
                icon=":material/group:",
                type="primary",
                disabled=bool(missing) or len(kept.drawings_by_word) < FEWEST_OWN,
            )
        draw_expander(
            "class_set_delete",
            t("classroom.set.delete"),
            120,
            _draw_delete_buttons,
            visit,
            classroom.id,
            kept.drawings_by_word,
            icon=":material/delete:",
        )


def _word_counts_text(counts: Mapping[str, int]) -> str:
    return " · ".join(f"**{word}** {n}" for word, n in counts.items())


def _draw_delete_buttons(visit: Visit, room: str, words: Iterable[str]) -> None:
    t = visit.t
    delete = visit.engine.class_drawings.delete_kept_drawings
    with st.container(horizontal=True):
        for word in words:
            key = f"class_set_{word.encode().hex()}"
            draw_command_button(visit, t("classroom.set.drop", word=word), key, delete, room, word)
        draw_command_button(
            visit, t("classroom.set.all"), "class_set_all", delete, room, type="tertiary"
        )


def _class_data_set_sentences(kept: CollectionSummary, t: Translate) -> list[str]:
    """Return sentences on the data set made from a school class's drawings.

    The sentences say whether the data set needs more words or drawings, which words it contains,
    which drawings are held out for testing, and how long the data set is kept.
    """
    sentences = [] if len(kept.drawings_by_word) >= FEWEST_OWN else [t("classroom.set.more")]
    words = t("common.comma").join(kept.dataset_words)
    if kept.is_dataset_trainable:
        held = (
            t("classroom.set.held", n=kept.held_out_students)
            if kept.held_out_students
            else t("classroom.set.by_drawing")
        )
        sentences = [t("classroom.set.given", words=words), held]
        sentences += [] if kept.is_dataset_complete else [t("classroom.set.since")]
    elif words:
        sentences = [t("classroom.set.too_few", words=words)]
    return [*sentences, t("classroom.set.stays")]
