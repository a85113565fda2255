"""Compares a text network with tables that count which character follows which characters."""

from functools import lru_cache
from math import log

import streamlit as st

from fvapp.core.datasets import DATASETS, read_shipped_text, run_split_sizes
from fvapp.core.errors import FvappError
from fvapp.core.runs import RunRecord
from fvapp.core.texts.strips import labels_of_text, partition_strips
from fvapp.core.texts.tables import TableScores, score_count_tables
from fvapp.core.wording import share_as_percent
from fvapp.ui.parts import write_markdown_table
from fvapp.ui.visit import Visit


def draw_count_table_accuracy(visit: Visit, record: RunRecord) -> None:
    """Draw a text network's test accuracy beside the accuracies of tables of character counts.

    For other networks, draw nothing.
    """
    t = visit.t
    form = record.settings.dataset_info.text
    result = record.result
    if form is None or record.settings.dataset_info.is_own or result is None or result.has_diverged:
        return
    try:
        tables = _score_character_count_tables(
            record.settings.dataset, run_split_sizes(record.settings)[0]
        )
    except FvappError:
        return  # the page shows this error with the run
    bits = result.test_loss / log(2)
    rows = [
        (
            t("train.rivals.always", sign=form.visible_signs[tables.commonest_label]),
            share_as_percent(tables.commonest_correct_share),
            "",
        ),
        (
            t("train.rivals.plain", n=form.context),
            share_as_percent(tables.whole_strip_correct_share),
            "",
        ),
        (t("train.rivals.network"), share_as_percent(result.test_accuracy), f"{bits:.2f}"),
        (
            t("train.rivals.falling_back", n=tables.context_length),
            share_as_percent(tables.correct_share_with_fallback),
            f"{tables.bits_per_character:.2f}",
        ),
    ]

    with st.container(key="rivals"):
        st.subheader(t("train.rivals.title"), anchor=False)
        write_markdown_table([t(f"train.rivals.{word}") for word in ("who", "right", "bits")], rows)
        who = "table" if tables.bits_per_character < bits else "network"
        st.markdown(
            t("train.rivals.without", share=share_as_percent(tables.unseen_strip_share, 0))
            + " "
            + t(f"train.rivals.fewer_{who}")
        )


@lru_cache(16)
def _score_character_count_tables(dataset: str, images: int) -> TableScores:
    """Return the test scores of tables that count characters in the training text.

    The tables use the first `images` strips (short pieces) of the text, as many as the network
    learns from.

    Counting takes 0.2 s, so the scores are computed only once for all visitors.
    """
    form = DATASETS[dataset].text_form
    labels = labels_of_text(read_shipped_text(dataset), form)
    strips = partition_strips(len(labels), form)
    return score_count_tables(
        labels, strips.train[:images], strips.test, form.context, len(form.signs)
    )
