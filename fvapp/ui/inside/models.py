"""Lets visitors choose the network to inspect: one of their runs, or a ready-made model."""

import streamlit as st

from fvapp.core.datasets import DATASETS, READY_MADE, SHIPPED
from fvapp.core.errors import FvappError, ModelError
from fvapp.core.runs import RunRecord
from fvapp.core.wording import accuracy_words, run_titles
from fvapp.ui.inside.view import InspectedModel
from fvapp.ui.networks.model_choice import draw_kept_run_choice
from fvapp.ui.parts import INSIDE_MODEL
from fvapp.ui.visit import Visit

_READ = "inside_address"


def draw_network_choice(visit: Visit) -> tuple[str, bool]:
    """Draw the list of networks; return the chosen network's id, and whether it is still training."""
    t = visit.t
    records = _runs_with_weights(visit)
    titles = run_titles(records, t)
    # Runs in training come last, because their networks change while the visitor inspects them.
    listed = sorted(reversed(records), key=lambda record: record.state == "running")
    words = {record.id: _run_label(visit, record, titles[record.id]) for record in listed}
    for name in _ready_made_models(visit):
        words[name] = t("inside.shipped", dataset=t(DATASETS[name].dataset_text_key("what")))
    # The first network is the default, so networks that `load_model` refuses come last.
    for record in listed:
        if record.settings.output_units > record.settings.class_count:
            words[record.id] = words.pop(record.id)
    _take_model_from_address(visit, records)

    with st.container(key="inside_model"):
        names = ("inside_model", "inside_models")
        name = draw_kept_run_choice(
            visit,
            t("inside.model"),
            words,
            INSIDE_MODEL,
            names,
            len(records),
            label_visibility="collapsed",
        )
    return name, any(record.id == name and record.state == "running" for record in records)


def _ready_made_models(visit: Visit) -> list[str]:
    """Return the names of the ready-made models: first for pictures, then for text.

    Models for text are included only if the text is in the page's language.
    """
    texts = {name: DATASETS[name].text for name in READY_MADE}
    spoken = [name for name, text in texts.items() if text and text.language == visit.t.language]
    return [*sorted(SHIPPED, reverse=True), *spoken]


def load_model(visit: Visit, name: str) -> InspectedModel:
    """Return a model with its current weights.

    Args:
        name: a run's id, or the name of a ready-made model.

    Raises:
        FvappError: the model has no weights yet, no longer exists, or has more outputs than there
            are classes, so that some outputs stand for no class.
    """
    if name in READY_MADE:
        return InspectedModel(name, name, visit.load_network(name), None, visit)
    record = visit.engine.runs.get_run(visit.token, name)
    classes = record.settings.class_count
    if record.settings.output_units > classes:
        raise ModelError("extra_outputs", n=record.settings.output_units, classes=classes)
    return InspectedModel(name, record.settings.dataset, visit.load_network(name), record, visit)


def other_models(model: InspectedModel) -> list[InspectedModel]:
    """Return the visitor's other saved networks for the model's data set, newest first."""
    models = []
    for record in reversed(_runs_with_weights(model.visit)):
        is_same_data = record.settings.dataset == model.dataset and record.has_checkpoint
        if is_same_data and record.id != model.model_id:
            try:
                models.append(load_model(model.visit, record.id))
            except FvappError:
                continue  # the page shows this error once the network is chosen
    return models


def run_states(visit: Visit) -> tuple[tuple[str, str], ...]:
    """Return the id and state of each run whose network can be inspected."""
    return tuple((record.id, record.state) for record in _runs_with_weights(visit))


def _runs_with_weights(visit: Visit) -> list[RunRecord]:
    """Return the runs that have weights or are training, oldest first."""
    return [
        record for record in visit.read_runs() if record.has_checkpoint or record.state == "running"
    ]


def _run_label(visit: Visit, record: RunRecord, title: str) -> str:
    """Return a run's label: title, data set (unless the title contains it), and accuracy.

    While a run trains, its state replaces the accuracy.
    """
    dataset = record.settings.dataset
    is_named = visit.t(DATASETS[dataset].dataset_text_key("choice")) in title
    how = visit.t("states.running") if record.state == "running" else ""
    if record.result and not how:
        how = accuracy_words(record.result, visit.t)
    data = "" if is_named else visit.t(DATASETS[dataset].dataset_text_key("what"))
    return " · ".join(filter(None, (title, data, how)))


def _take_model_from_address(visit: Visit, records: list[RunRecord]) -> None:
    """Select the network that the URL names (``?run=3``, ``?model=mnist``).

    A URL is applied only once in each workspace, so that the visitor can then select another
    network.
    """
    query = {name: st.query_params[name] for name in ("run", "model") if name in st.query_params}
    if st.session_state.get(_READ) == (visit.token, query):
        return
    named = [record.id for record in records if str(record.number) == query.get("run")]
    named += [name for name in READY_MADE if name == query.get("model") and "run" not in query]
    if query and not named:
        word, value = ("run", query["run"]) if "run" in query else ("model", query["model"])
        visit.messages.show_notice(visit.t(f"inside.no_such_{word}", value=value[:20]))
    elif query:
        st.session_state[INSIDE_MODEL] = named[0]
    st.session_state[_READ] = (visit.token, query)
