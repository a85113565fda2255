"""A run's result class by class, and what the mark does to it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fvapp.charts.by_class import by_class_figure
from fvapp.core.errors import FvappError
from fvapp.core.inspection.mistakes import right_by_class
from fvapp.core.inspection.questions import CHUNK, TestLogits
from fvapp.core.results.by_class import ByClass, far_below_sentence, marked_sentence
from fvapp.core.runs import RunRecord
from fvapp.core.wording import class_names, run_title
from fvapp.ui.browser.folds import open_fold
from fvapp.ui.parts.charts import draw_chart
from fvapp.ui.parts.data_sets import open_dataset
from fvapp.ui.visit import Visit

_HEIGHT = 460  # of the open fold, roughly, in pixels


def draw_by_class(visit: Visit, record: RunRecord | None) -> None:
    """Draw what the mark does, and a fold with the recall of each class; nothing for a run without a result."""
    if record is None or record.result is None:
        return
    t, result, names = visit.t, record.result, class_names(record.settings.dataset, visit.t)
    if sentence := marked_sentence(record.settings, result, t):
        with st.container(key="marked_test"):
            st.markdown(sentence)
    place = open_fold("by_class", t("by_class.title"), _HEIGHT, icon=":material/bar_chart:")
    if place is None:
        return
    with place:
        try:
            by_class = read_by_class(visit, record)
        except FvappError as error:
            st.caption(error.sentence(t))
            return
        if not by_class:
            st.caption(t("by_class.unknown"))
            return
        st.markdown(far_below_sentence(result.test_accuracy, by_class, names, t) or t("by_class.about"))
        title = run_title(record, t)
        draw_chart(by_class_figure({title: by_class}, names, t), "by_class_chart", t("by_class.alt", run=title))


def read_by_class(visit: Visit, record: RunRecord) -> ByClass:
    """Return the result of each class; that of a run of an earlier version is computed from its weights.

    Returns:
        Nothing where such a run has no weights.

    Raises:
        FvappError: the engine cannot compute it now.
    """
    if record.result.by_class or not record.can_continue:
        return record.result.by_class
    labels = open_dataset(record.settings.dataset).y_test
    questions = [TestLogits(len(labels), begin) for begin in range(0, len(labels), CHUNK)]
    logits = np.concatenate([visit.engine.inspect(visit.token, record.id, question) for question in questions])
    return right_by_class(np.asarray(labels), logits.argmax(axis=1))
