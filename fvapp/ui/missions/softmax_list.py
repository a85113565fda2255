"""The end of mission B: the notebook's list of numbers, to try softmax on."""

from __future__ import annotations

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.lessons.softmax_list import LONGEST_LIST, NOTEBOOKS_LIST, softmax_of
from fvapp.core.wording import percent
from fvapp.ui.missions.kept import Lesson

_WORDS = "lessons.network.softmax_list"


def draw_softmax_list(lesson: Lesson) -> None:
    """Draw a list that can be changed, and the probability that softmax gives to each of its numbers."""
    t = lesson.visit.t
    st.markdown(f"**{t(f'{_WORDS}.title')}**")
    text = st.text_input(t(f"{_WORDS}.numbers"), NOTEBOOKS_LIST, max_chars=LONGEST_LIST, key="softmax_list")
    try:
        numbers, probabilities = softmax_of(text)
    except FvappError as error:
        lesson.visit.messages.say_error(error)
        return
    position = int(probabilities.argmax())
    rows = enumerate(zip(numbers, probabilities, strict=True))
    st.code("\n".join(f"{place:>2}  {number:<8g}  {share:.4g}" for place, (number, share) in rows), language=None)
    share = percent(probabilities[position], 2)
    st.markdown(t(f"{_WORDS}.result", biggest=f"{numbers[position]:g}", position=position, share=share))
