"""Draws a run's accuracy by class.

The module also draws results on test images with an added mark, and on the visitor's own examples.
"""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from fvapp.charts.by_class import accuracy_by_class_figure
from fvapp.core.errors import FvappError
from fvapp.core.inspection import count_correct_by_class
from fvapp.core.results.by_class import (
    ByClass,
    lowest_class_sentence,
    mark_effect_sentence,
    own_examples_sentence,
    weak_result_warning,
)
from fvapp.core.runs import RunRecord
from fvapp.core.wording import class_names
from fvapp.ui.browser import draw_expander
from fvapp.ui.messages import escape_markdown
from fvapp.ui.networks.asking import read_test_logits
from fvapp.ui.parts import dataset_of_model, draw_chart
from fvapp.ui.visit import Visit

_HEIGHT = 460  # approximate height of the opened chart, in pixels


def draw_test_result_sentences(visit: Visit, record: RunRecord) -> None:
    """Draw sentences on how well a run classifies marked images and the visitor's own examples.

    A marked image is a test image to which a small mark has been added.
    """
    t = visit.t
    result = record.result
    if result is None:
        return
    sentences = {
        "marked_test": mark_effect_sentence(record.settings, result, t),
        "my_test": own_examples_sentence(result, t),
    }
    for key, sentence in sentences.items():
        if sentence:
            with st.container(key=key):
                st.markdown(sentence)


def draw_accuracy_by_class(
    visit: Visit,
    runs: Mapping[str, RunRecord],
    colours: Mapping[str, int | None] = {},
    *,
    opened: bool = False,
) -> None:
    """Draw an expander with each run's accuracy by class, and a sentence on any weak class.

    Args:
        runs: runs that have a result, by title.
        colours: as for `accuracy_by_class_figure`.
        opened: whether to draw the chart directly, without an expander.
    """
    if opened:
        with st.container(key="by_class"):
            _draw_class_bars(visit, runs, colours)
    else:
        draw_expander(
            "by_class",
            visit.t("by_class.title"),
            _HEIGHT,
            _draw_class_bars,
            visit,
            runs,
            colours,
            icon=":material/bar_chart:",
        )


def _draw_class_bars(
    visit: Visit, runs: Mapping[str, RunRecord], colours: Mapping[str, int | None]
) -> None:
    t = visit.t
    names = class_names(next(iter(runs.values())).settings.dataset, t)
    try:
        results = {title: read_accuracy_by_class(visit, record) for title, record in runs.items()}
    except FvappError as error:
        st.caption(error.to_sentence(t))
        return
    with_result = {title: by_class for title, by_class in results.items() if by_class}

    for title, by_class in with_result.items():
        run = runs[title]
        if sentence := weak_result_warning(
            run.settings, run.measured_result, run.epoch, by_class, t, run.accuracy
        ) or lowest_class_sentence(by_class, names, t):
            st.markdown(f"{escape_markdown(title)}{t('common.colon')}{sentence}")

    st.caption(t("by_class.unknown" if len(with_result) < len(runs) else "by_class.about"))
    if with_result:
        draw_chart(
            accuracy_by_class_figure(with_result, names, t, colours),
            "by_class_chart",
            t("by_class.alt", run=t("common.comma").join(with_result)),
        )


def read_accuracy_by_class(visit: Visit, record: RunRecord) -> ByClass:
    """Return how many test images of each class a run's network classifies correctly.

    Runs of earlier versions of the app did not store these counts. For such runs, they are computed
    from the weights; without weights, they are empty.

    Raises:
        FvappError: the engine cannot compute the result now.
    """
    known = record.measured_result.by_class
    if known or not record.has_checkpoint:
        return known
    labels = dataset_of_model(visit, record).y_test
    logits = read_test_logits(visit, record.id, len(labels))
    return count_correct_by_class(
        np.asarray(labels), logits.argmax(axis=1), record.settings.class_count
    )
