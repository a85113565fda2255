"""A visitor's own text on the pages: typed, shown as learned, trained on, questioned, deleted."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import streamlit as st

from fvapp.core.dataset_table import make_own_text_name
from fvapp.core.documents.report import write_report
from fvapp.core.documents.runfile import read_run_file
from fvapp.core.missions.class_time import LESSON
from fvapp.core.results.curves import read_curves
from fvapp.core.runs import RunResult
from fvapp.core.settings import DEFAULTS
from fvapp.ui.work.run import _make_run_file
from scripted_engine import new_visitor, refused
from ui_pages import T, keys, messages, only_run, texts, trigger, widgets_of

TEXT = "Once a hamster named Biscuit ate 12 carrots. " * 16
EMPTY = make_own_text_name("stories")


def test_a_text_is_shown_as_it_will_be_learned_trained_on_and_deleted(open_page, engine, token):
    app = open_page("data", token=token)
    own_text = T("datasets.own_text.what")
    assert own_text not in app.segmented_control(key="data_dataset").options
    app.button(key=f"more_{EMPTY}").click().run()
    assert app.segmented_control(key="data_dataset").options[-1] == own_text
    app.text_area(key="own_text_field_").set_value("too short").run()
    app.button(key="own_text_keep").click().run()
    assert any("500" in message for message in messages(app))
    app.text_area(key="own_text_field_").set_value(TEXT).run()
    assert "once a hamster named biscuit ate carrots." in app.code[0].value
    assert any("2 characters were dropped" in text for text in texts(app))
    app.button(key="own_text_keep").click().run()
    kept = engine.examples.own_text(token)
    assert kept.text.count("biscuit") == 16 and not app.exception
    app.button(key="own_train").click().run()
    record = only_run(engine, token)
    assert (record.settings.dataset, record.settings.mixing) == (kept.dataset, 5)
    app = open_page("data", token=token, dataset=kept.dataset)
    app.button(key="own_text_delete").click().run()
    assert engine.examples.own_text(token) is None
    assert any("do not unlearn" in message for message in messages(app))


@pytest.mark.parametrize("length", [5_000_000, 240_001])
def test_a_text_that_the_field_refused_is_said_and_what_stood_there_stays(open_page, token, length):
    app = open_page("data", token=token, dataset=EMPTY)
    app.text_area(key="own_text_field_").set_value(TEXT).run()
    (field,) = (name for name in widgets_of(app) if name.endswith("-own_text_refused"))
    app = trigger(app, field, "refused", length)
    assert not app.exception and any(f"{length:,}" in message for message in messages(app))
    assert app.text_area(key="own_text_field_").value == TEXT
    for nonsense in ("many", None, [1], -1.5):
        assert not trigger(app, field, "refused", nonsense).exception


def test_beside_stories_stands_ones_own_text(open_page, token):
    app = open_page("data", token=token, dataset="stories")
    assert T("datasets.own_text.what") in app.segmented_control(key="data_dataset").options
    assert f"more_{EMPTY}" not in keys(app)


def test_alone_the_form_says_what_will_come_of_it(open_page, engine, token):
    kept = engine.examples.store_own_text(token, TEXT * 4, "stories")
    app = open_page("train", token=token, dataset=kept.dataset, mixing="none")
    assert not app.exception
    recites, untested = (info.value for info in app.info)
    assert "will recite" in recites and "no test set" in untested
    assert not open_page("train", token=token, dataset=kept.dataset, mixing="5").info


@pytest.mark.parametrize("ticked", [False, True])
def test_a_file_of_a_run_holds_the_text_only_if_that_is_ticked(engine, token, ticked):
    def write_file(run):
        return _make_run_file(visit, engine.runs.get_run(token, run.id))

    def read_events(run):
        return engine.runs.read_events(token, run.id)[0]

    visit = SimpleNamespace(engine=engine, token=token, read_events=read_events)
    kept = engine.examples.store_own_text(token, TEXT, "stories")
    (record,) = engine.runs.submit_runs(
        token, [DEFAULTS.settings_for_dataset(kept.dataset).with_values(epochs=1)]
    )
    st.session_state[f"with_text_{record.number}"] = ticked
    read = read_run_file(write_file(record))
    assert (read.examples.text if read.examples else "") == (kept.text if ticked else "")
    engine.start()
    engine.finish()
    other = new_visitor(engine)
    brought = engine.runs.import_run_file(other, write_file(record))
    assert brought.examples.learn == len(kept.text)
    if ticked:
        assert engine.examples.examples_of_run(other, brought.id).text == kept.text
    else:
        with refused("examples_gone"):
            engine.examples.examples_of_run(other, brought.id)


NO_NUMBER = float("nan")


@pytest.mark.parametrize(
    ("times", "mixing"), [(64, "none"), pytest.param(16, 5, marks=pytest.mark.long)]
)
@pytest.mark.parametrize("page", ["train", "draw", "inside", "compare", "data", "report"])
def test_every_page_shows_a_run_on_a_text_and_no_accuracy_without_a_test_set(
    open_page, engine, token, page, times, mixing
):
    kept = engine.examples.store_own_text(token, TEXT * (times // 16), "stories")
    settings = DEFAULTS.settings_for_dataset(kept.dataset).with_values(mixing=mixing, epochs=1)
    engine.start()
    (record,) = engine.runs.submit_runs(token, [settings])
    engine.finish()
    record = engine.runs.get_run(token, record.id)
    if mixing == "none":
        result = RunResult(NO_NUMBER, NO_NUMBER, 1.0)
        record = replace(record, result=result, examples=record.examples)
        events = engine.runs.read_events(token, record.id)[0]
        weights = engine.answers.load_weights(token, record.id)
        engine.runs.delete_run(token, record.id)
        record = engine.runs.add_run(token, record, events[:-1], None, weights)
        assert record.result.is_untested and not record.result.has_diverged
    if page == "report":
        events = engine.runs.read_events(token, record.id)[0]
        found = write_report(record, read_curves(events), T)
    else:
        app = open_page(page, token=token, dataset=kept.dataset)
        found = " ".join(texts(app))
    assert "nan" not in found.split()
    if mixing == "none" and page in ("train", "report"):
        assert "has no test set" in found


@pytest.mark.parametrize("page", ["data", "train", "draw"])
def test_the_text_of_a_class_is_read_and_trained_on_but_not_changed(open_page, engine, token, page):
    teacher = new_visitor(engine)
    room = engine.teachers.open_class(teacher, "8b", "en", LESSON)
    engine.students.join_class(token, room.code, "Ben")
    given = engine.class_drawings.make_text_data_set(teacher, room.id, [(0, TEXT)], "stories")
    engine.skip(1.0)
    app = open_page(page, token=token, dataset=given)
    found = {option for field in app.segmented_control for option in field.options}
    assert T("datasets.class_text.what") in found and not app.exception
    assert not [field for field in app.text_area if (field.key or "").startswith("own_text")]
    if page == "data":
        assert "biscuit" in app.code[0].value and "own_train" in keys(app)
