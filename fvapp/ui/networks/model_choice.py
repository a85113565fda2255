"""Lets visitors choose the network that answers: one of their runs, or a ready-made model."""

from collections.abc import Mapping, Sequence

import streamlit as st

from fvapp.core.datasets import DATASETS, READY_MADE
from fvapp.core.runs import RunRecord
from fvapp.core.wording import accuracy_words, run_titles
from fvapp.ui.browser import draw_run_choice
from fvapp.ui.networks.kept_choices import DRAW_DATASET, store_choices, stored_choices
from fvapp.ui.parts import draw_page_link
from fvapp.ui.visit import Visit


def draw_model_choice(visit: Visit, dataset: str) -> str | None:
    """Draw a list of networks; return the chosen run's id, or `dataset` for the ready-made model.

    If there is no network, draw a link to the train page and return None. The visitor's own data
    set has no link, because the page has a train button for it.
    """
    t = visit.t
    records = runs_that_can_answer(visit, dataset)
    titles = run_titles(records, t)
    words = {
        record.id: f"{titles[record.id]} · {accuracy_words(record.result, t)}"
        if record.result
        else titles[record.id]
        for record in records
    }
    if dataset in READY_MADE:
        words[dataset] = t("draw.shipped_model")
    if not words:
        if not DATASETS[dataset].is_own:
            draw_train_link(visit, dataset)
        return None

    with st.container(key="model_choice", width=320):
        kept = _model_choice_key(dataset, records)
        names = (f"model_{dataset}", f"models_{dataset}")
        return draw_kept_run_choice(visit, t("draw.model"), words, kept, names, len(records))


def draw_train_link(visit: Visit, dataset: str, label: str = "teaching.train_first") -> None:
    """Draw a link to the train page, with the visitor's settings adapted to a data set.

    The form then keeps what the visitor changed if the data set allows it, and otherwise has the
    data set's defaults.

    Args:
        label: key of the link's text.
    """
    draw_page_link(
        "train",
        visit.t(label),
        icon=":material/school:",
        query_params=visit.settings.settings_for_dataset(dataset).to_query(),
    )


def draw_kept_run_choice(
    visit: Visit,
    label: str,
    words: Mapping[str, str],
    key: str,
    names: tuple[str, str],
    count: int,
    **options: object,
) -> str:
    """Draw a list of runs, starting with the choice stored in the workspace; return the choice.

    Args:
        words: label of each run; the first run is the default.
        key: session state key of the chosen run.
        names: the names under which the workspace stores two values: the choice, and the number of
            runs when it was made.
        count: the current number of runs. If it differs from the stored number, the stored choice
            is ignored, so that a new run is selected by default.
        options: passed to ``st.selectbox``.
    """
    state = st.session_state
    kept = stored_choices(visit)
    name, counted = names
    if key not in state and kept.get(counted) == count:
        state[key] = kept.get(name)
    chosen = draw_run_choice(label, words, key, next(iter(words)), filter_mode=None, **options)
    if state.get(key) == chosen:  # the visitor chose this run; it is not the default
        store_choices(visit, **{name: chosen, counted: count})
    return chosen


def select_model_for_drawing(visit: Visit, record: RunRecord) -> None:
    """Select a run and its data set on the draw page, as if the visitor had chosen both there."""
    dataset = record.settings.dataset
    st.session_state[_model_choice_key(dataset, runs_that_can_answer(visit, dataset))] = record.id
    st.session_state[DRAW_DATASET] = dataset
    store_choices(visit, dataset=dataset)


def _model_choice_key(dataset: str, records: Sequence[RunRecord]) -> str:
    """Return the session key of the chosen network.

    The key contains the number of runs, so that each new run resets the choice.
    """
    return f"model_choice_{dataset}_{len(records)}"


def runs_that_can_answer(visit: Visit, dataset: str | None = None) -> list[RunRecord]:
    """Return the visitor's runs whose networks can answer for a data set, newest first.

    Without `dataset`, return the runs of all data sets.
    """
    return [
        record
        for record in reversed(visit.read_runs())
        if (record.has_checkpoint or (record.state == "running" and record.events > 1))
        and record.settings.has_one_output_per_class
        and dataset in (None, record.settings.dataset)
    ]
