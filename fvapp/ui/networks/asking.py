"""Asks a network questions about whole data sets, in chunks of images."""

from collections.abc import Iterator, Sequence

import numpy as np
import streamlit as st

from fvapp.core.inspection import CHUNK, Question, TestLogitsQuestion
from fvapp.ui.visit import Visit


def ask_questions_in_turn(
    visit: Visit, model: str, questions: Sequence[Question], words: str
) -> Iterator[np.ndarray]:
    """Yield a network's answers to questions, in order; with `words`, show a progress bar.

    If the visitor leaves the page or makes another choice, no further questions are asked, because
    Streamlit then ends the script run at the next progress update.

    Args:
        model: a run's id, or the name of a data set for its ready-made model.

    Raises:
        FvappError: the engine cannot answer now.
    """
    place = st.empty() if words else None
    for number, question in enumerate(questions):
        if place is not None:
            place.progress(number / len(questions), words)
        yield visit.engine.answers.answer_question(visit.token, model, question)
    if place is not None:
        place.empty()


def read_test_logits(visit: Visit, model: str, count: int, words: str = "") -> np.ndarray:
    """Return a network's logits for all test images, [count, outputs]; the engine caches them."""
    questions = [TestLogitsQuestion(count, begin) for begin in range(0, count, CHUNK)]
    return np.concatenate(list(ask_questions_in_turn(visit, model, questions, words)))
