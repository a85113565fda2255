"""Tests visitors' own texts: entry, preview, training, questions to the network, deletion."""

import math
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest
import streamlit as st

from fvapp.core.dataset_table import make_own_text_name
from fvapp.core.documents.report import write_report
from fvapp.core.documents.runfile import read_run_file
from fvapp.core.results.curves import read_curves
from fvapp.core.runs import RunResult
from fvapp.core.settings import DEFAULTS
from fvapp.ui.work.run import _make_run_file
from scripted_engine import new_visitor, refused
from ui_pages import T, keys, messages, only_run, press, set_field, texts, trigger, widgets_of

TEXT = "Once a hamster named Biscuit ate 12 carrots. " * 16
EMPTY = make_own_text_name("stories")
FIELD = "own_text_field_"


def test_a_text_is_shown_as_it_will_be_learned_trained_on_and_deleted(own_page, engine, token):
    app = own_page("data")
    own_text = T("datasets.own_text.what")
    assert own_text not in app.segmented_control(key="data_dataset").options
    press(app, f"more_{EMPTY}")
    assert app.segmented_control(key="data_dataset").options[-1] == own_text
    press(set_field(app, FIELD, "too short"), "own_text_keep")
    assert any("500" in message for message in messages(app))
    set_field(app, FIELD, TEXT)
    assert "once a hamster named biscuit ate carrots." in app.code[0].value
    assert any("2 characters were dropped" in text for text in texts(app))
    press(app, "own_text_keep")
    kept = engine.examples.own_text(token)
    assert kept.text.count("biscuit") == 16
    press(app, "own_train")
    settings = only_run(engine, token).settings
    assert (settings.dataset, settings.mixing) == (kept.dataset, 5)
    app = press(own_page("data", dataset=kept.dataset), "own_text_delete")
    assert engine.examples.own_text(token) is None
    assert any("do not unlearn" in message for message in messages(app))


@pytest.mark.parametrize("length", [5_000_000, 240_001])
def test_a_text_that_the_field_refused_is_said_and_what_stood_there_stays(own_page, length):
    app = set_field(own_page("data", dataset=EMPTY), FIELD, TEXT)
    (widget,) = (name for name in widgets_of(app) if name.endswith("-own_text_refused"))
    app = trigger(app, widget, "refused", length)
    assert not app.exception and any(f"{length:,}" in message for message in messages(app))
    assert app.text_area(key=FIELD).value == TEXT
    for nonsense in ("many", None, [1], -1.5):
        assert not trigger(app, widget, "refused", nonsense).exception


def test_beside_stories_stands_ones_own_text(own_page):
    app = own_page("data", dataset="stories")
    assert T("datasets.own_text.what") in app.segmented_control(key="data_dataset").options
    assert f"more_{EMPTY}" not in keys(app)


def test_alone_the_form_says_what_will_come_of_it(own_page, engine, token):
    kept = engine.examples.store_own_text(token, TEXT * 4, "stories")
    app = own_page("train", dataset=kept.dataset, mixing="none")
    recites, untested = (info.value for info in app.info)
    assert "will recite" in recites and "no test set" in untested
    assert not own_page("train", dataset=kept.dataset, mixing="5").info


@pytest.mark.parametrize("ticked", [False, True])
def test_a_file_of_a_run_holds_the_text_only_if_that_is_ticked(engine, token, ticked):
    visit = SimpleNamespace(
        engine=engine,
        token=token,
        read_events=lambda run: engine.runs.read_events(token, run.id)[0],
    )

    def write_file() -> bytes:
        return _make_run_file(visit, engine.runs.get_run(token, record.id))

    kept = engine.examples.store_own_text(token, TEXT, "stories")
    settings = DEFAULTS.settings_for_dataset(kept.dataset).with_values(epochs=1)
    (record,) = engine.runs.submit_runs(token, [settings])
    st.session_state[f"with_text_{record.number}"] = ticked
    read = read_run_file(write_file())
    assert (read.examples.text if read.examples else "") == (kept.text if ticked else "")
    engine.start()
    engine.finish()
    other = new_visitor(engine)
    brought = engine.runs.import_run_file(other, write_file())
    assert brought.examples.learn == len(kept.text)
    with nullcontext() if ticked else refused("examples_gone"):
        assert engine.examples.examples_of_run(other, brought.id).text == kept.text


@pytest.mark.parametrize(
    ("times", "mixing"), [(64, "none"), pytest.param(16, 5, marks=pytest.mark.long)]
)
@pytest.mark.parametrize("page", ["train", "draw", "inside", "compare", "data", "report"])
def test_every_page_shows_a_run_on_a_text_and_no_accuracy_without_a_test_set(
    own_page, engine, token, train, page, times, mixing
):
    kept = engine.examples.store_own_text(token, TEXT * (times // 16), "stories")
    settings = DEFAULTS.settings_for_dataset(kept.dataset)
    (record,) = train(settings.with_values(mixing=mixing, epochs=1))
    events, _ = engine.runs.read_events(token, record.id)
    if mixing == "none":
        untested = replace(record, result=RunResult(math.nan, math.nan, 1.0))
        weights = engine.answers.load_weights(token, record.id)
        engine.runs.delete_run(token, record.id)
        record = engine.runs.add_run(token, untested, events[:-1], None, weights)
        assert record.result.is_untested and not record.result.has_diverged
    if page == "report":
        found = write_report(record, read_curves(events), T)
    else:
        found = " ".join(texts(own_page(page, dataset=kept.dataset)))
    assert "nan" not in found.split()
    if mixing == "none" and page in ("train", "report"):
        assert "has no test set" in found


@pytest.mark.parametrize("page", ["data", "train", "draw"])
def test_the_text_of_a_class_is_read_and_trained_on_but_not_changed(room, mia_opens, page):
    given = room.class_drawings.make_text_data_set([(0, TEXT)], "stories")
    room.engine.skip(1.0)
    app = mia_opens(page, dataset=given)
    found = {option for field in app.segmented_control for option in field.options}
    assert T("datasets.class_text.what") in found
    assert not [field for field in app.text_area if (field.key or "").startswith("own_text")]
    if page == "data":
        assert "biscuit" in app.code[0].value and "own_train" in keys(app)
