"""Which model answers: the one that ships, or one of the visitor's runs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.runs import RunRecord
from fvapp.core.wording import percent, run_titles
from fvapp.ui.browser.choices import draw_run_choice
from fvapp.ui.parts.kept_choices import DRAW_DATASET, keep_choices, kept_choices
from fvapp.ui.visit import Visit


def latest_model(visit: Visit, dataset: str | None = None) -> RunRecord | None:
    """Return the visitor's latest run that can answer, of `dataset` or of any."""
    return next(iter(models_of(visit, dataset)), None)


def draw_model_choice(visit: Visit, dataset: str) -> str:
    """Draw the choice and return the model: a run's id, or the data set's name for the model that ships."""
    t = visit.t
    records = models_of(visit, dataset)
    titles = run_titles(records, t)
    words = {record.id: titles[record.id] + _accuracy(record) for record in records}
    words[dataset] = t("draw.shipped_model")
    kept, count, choices = _kept(dataset, records), len(records), kept_choices(visit)
    if kept not in st.session_state and choices.get(f"models_{dataset}") == count:
        st.session_state[kept] = choices.get(f"model_{dataset}")
    with st.container(key="model_choice", width=320):
        model = draw_run_choice(
            t("draw.model"), words, kept, next(iter(words)), help=t("draw.model_help"), filter_mode=None
        )
    if st.session_state.get(kept) == model:  # chosen, not only the newest
        keep_choices(visit, **{f"model_{dataset}": model, f"models_{dataset}": count})
    return model


def choose_model(visit: Visit, record: RunRecord) -> None:
    """Have a run answer on the draw page, as if the visitor had chosen it and its data set there."""
    dataset = record.settings.dataset
    st.session_state[_kept(dataset, models_of(visit, dataset))] = record.id
    st.session_state[DRAW_DATASET] = dataset
    keep_choices(visit, dataset=dataset)


def _kept(dataset: str, records: Sequence[RunRecord]) -> str:
    """Return the name of the session's entry for what was chosen; a newer training takes over from it."""
    return f"model_choice_{dataset}_{len(records)}"


def models_of(visit: Visit, dataset: str | None = None) -> list[RunRecord]:
    """Return the visitor's runs that can answer, of `dataset` or of any; the newest first."""
    try:
        records = visit.engine.runs(visit.token)
    except FvappError as error:
        visit.messages.say_error_next(error)
        return []
    return [
        record
        for record in reversed(records)
        if (record.can_continue or (record.state == "running" and record.events > 1))
        and record.settings.output_units == 10
        and dataset in (None, record.settings.dataset)
    ]


def _accuracy(record: RunRecord) -> str:
    return f" · {percent(record.result.test_accuracy)}" if record.result else ""
