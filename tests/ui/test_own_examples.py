"""How pages save a visitor's own examples, show them on the Data page, and train on them."""

import json
import zlib
from functools import partial

import numpy as np
import pytest

from fvapp.bench.drawings import canvas_json, draw_random_scribble
from fvapp.core.answers import Answer
from fvapp.core.datasets import DATASETS
from fvapp.core.documents.example_files import write_examples_npz
from fvapp.core.missions.progress import NOTE
from fvapp.core.settings import RunSettings
from fvapp.core.wording import share_as_percent
from mission_pages import begin, words
from ui_pages import (
    T,
    keep_noise,
    keys,
    links,
    messages,
    picture_of_one,
    press,
    send_file,
    set_field,
    texts,
    widget,
    widgets,
)


@pytest.fixture
def keep(engine, token):
    """Return ``keep(7, 2)``: keep images of noise as examples of digits with these labels."""
    return partial(keep_noise, engine, token, "mnist")


@pytest.fixture
def drawn(own_page):
    """Return ``drawn()``: the Draw page with an uploaded picture of a 1."""
    return lambda: send_file(own_page("draw"), "upload", picture_of_one())


def test_an_answer_is_kept_as_right_or_with_the_label_it_should_have_and_taken_back(
    drawn, engine, token
):
    app = drawn()
    press(app, "keep_right")
    (one,) = engine.examples.kept_examples(token)
    assert (one.label, one.source) == (1, "picture")
    assert T("examples.kept", name="1", n=1) in links(app)
    # Shipped networks cannot be taught.
    assert T("teaching.train_first") in links(app) and "teach" not in keys(app)
    press(app, "keep_undo")
    assert engine.examples.kept_examples(token) == () and "keep_right" in keys(app)
    set_field(app, "keep_label", 7)
    (seven,) = engine.examples.kept_examples(token)
    assert seven.label == 7 and T("examples.kept", name="7", n=1) in links(app)


def test_beside_the_ready_made_network_a_kept_image_leads_to_own_networks_or_to_training_on_its_data(
    drawn, own_page, train
):
    own_page("train", dataset="stories")
    app = drawn()
    press(app, "keep_right")
    assert "dataset=mnist" in links(app)[T("teaching.train_first")]
    train(RunSettings("mnist"))
    app = drawn()
    set_field(app, "model_choice", "mnist")
    assert T("teaching.choose_own") in texts(app) and "teach" not in keys(app)
    assert T("teaching.train_first") not in links(app)


def test_a_test_image_is_no_example(own_page):
    app = own_page("draw")
    press(app, "random_image")
    assert not {"keep_right", "teach"} & keys(app)


def test_two_tabs_that_label_the_same_drawing_are_told(drawn, engine, token):
    one = drawn()
    other = drawn()
    press(one, "keep_right")
    set_field(other, "keep_label", 7)
    assert messages(other) == [T("errors.example_kept")]
    assert [each.label for each in engine.examples.kept_examples(token)] == [1]


def test_own_examples_stand_by_class_with_their_counts_and_change(own_page, engine, token, keep):
    first, *_ = keep(7, 7, 7, 7, 2)
    app = own_page("data", dataset="mnist")
    assert {"**2** · 1", "**7** · 4" + T("examples.of_these", n=1)} <= set(texts(app))
    app.session_state["chosen_example"] = first
    app.run()
    set_field(app, "example_label", 2)
    assert "**2** · 2" in texts(app)
    press(app, "example_delete")
    assert [each.label for each in engine.examples.kept_examples(token)] == [7, 7, 7, 2]


def test_examples_are_loaded_from_a_file_once_and_a_bad_file_is_one_sentence(
    own_page, engine, token, keep
):
    keep(7, 2)
    mine = engine.examples.kept_examples(token)
    engine.examples.delete_examples(token, [mine[0].id])
    app = send_file(own_page("data", dataset="mnist"), "example_upload", write_examples_npz(mine))
    assert T("examples.loaded", n=1, known=1) in messages(app)
    for content in (b"PK", b"", write_examples_npz([])[:60]):
        send_file(app, "example_upload", content)
        assert messages(app) == [T("errors.examples_file_unusable")]
    clothes = own_page("data", dataset="fashion_mnist")
    send_file(clothes, "example_upload", write_examples_npz(mine))
    assert messages(clothes) == [T("errors.examples_file_dataset")]
    assert len(engine.examples.kept_examples(token)) == 2


def test_the_form_says_how_many_own_examples_there_are_to_learn_from(own_page, keep):
    app = own_page("train", dataset="mnist", examples="added")
    assert T("examples.empty") in links(app)
    keep(7, 7, 7, 7)
    app = own_page("train", dataset="mnist", examples="added", example_weight="5")
    assert T("examples.counted", n=3, test=1) in messages(app)
    assert widget(app, "example_weight").value == 5
    set_field(app, "examples", "none")
    assert "example_weight" not in dict(widgets(app))


@pytest.fixture
def own(train):
    """The visitor's own network for digits."""
    (record,) = train(RunSettings(dataset="mnist", train_images=1_000, epochs=1))
    return record


def test_a_network_learns_a_drawing_and_shows_what_it_forgot_and_can_be_undone(runs, drawn, own):
    app = drawn()
    set_field(app, "keep_label", 7)
    set_field(app, "teach_mixed", True)
    press(app, "teach").run()
    _, taught = runs()
    assert taught.taught.mixed and taught.taught.parent == own.id
    forgot = T("teaching.forgot", n=f"{taught.taught.outcome.forgot:,}")
    became = T("teaching.became", before="8", after="7")
    shown = texts(app)
    assert {forgot, became} <= set(shown) and taught.taught.outcome.forgot
    assert shown.count(T("teaching.right_names")) == 1
    assert app.session_state["answers"][0][3] == taught.id
    press(app, "teach_undo")
    assert [record.id for record in runs()] == [own.id] and "teach" in keys(app)
    assert app.session_state["answers"][0][3] == own.id


def test_a_drawing_that_the_network_was_taught_is_not_called_unlike_what_it_learned(
    drawn, own, engine, monkeypatch
):
    unlike = Answer((1.0, *[0.0] * 9), is_unlike_training=True)
    monkeypatch.setattr(engine.answers, "classify_images", lambda *asked: (unlike,))
    remark = T(DATASETS["mnist"].dataset_text_key("unlike"))
    app = press(drawn(), "keep_right")
    assert remark in texts(app)
    press(app, "teach").run()
    assert "teach_undo" in keys(app) and remark not in texts(app)


def test_a_teaching_that_is_interrupted_is_said_and_leaves_the_network(runs, drawn, own, engine):
    app = drawn()
    press(app, "keep_right")
    engine.workers.dies = True
    press(app, "teach")
    app.run()
    assert T("teaching.lost") in messages(app) and runs()[0] == own
    assert "teach" in keys(app)


@pytest.mark.parametrize("unlike", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.99])
@pytest.mark.parametrize("threshold", [50, 80])
def test_a_drawing_has_the_same_answer_and_remark_in_mission_14_as_on_the_draw_page(
    own_page, open_mission, own, engine, token, monkeypatch, unlike, share, threshold
):
    drawn = json.dumps(canvas_json(draw_random_scribble(np.random.default_rng(1)))["objects"])
    engine.notes.remember_page_data(token, "drawing_mnist", zlib.compress(drawn.encode()))
    answer = Answer((share, *[(1 - share) / 9] * 9), is_unlike_training=unlike)
    monkeypatch.setattr(engine.answers, "classify_images", lambda *asked: (answer,))
    remark = T(DATASETS["mnist"].dataset_text_key("unlike"))

    draw = own_page("draw", dataset="mnist")
    mission = begin(open_mission("teach"), "teach")
    for app in (draw, mission):
        app.session_state["threshold"] = threshold
    press(mission, "mission_run")
    words = f"{DATASETS['mnist'].english_names[0]} · {share_as_percent(share)}"
    headline = words if share >= threshold / 100 else T("draw.perhaps", answer=words)
    for app in (draw.run(), mission):
        assert headline in [header.value for header in app.header] and not app.exception
        assert (remark in texts(app)) == unlike


@pytest.mark.usefixtures("learned")
def test_mission_14_is_judged_from_the_visitors_own_taught_runs(
    open_mission, runs, own, engine, token, keep, monkeypatch
):
    app = press(begin(open_mission("teach"), "teach"), "mission_run")  # no new network is trained
    # With this threshold, the network counts as sure of all its answers to the examples.
    monkeypatch.setattr("fvapp.ui.missions.own.teach.SURE", 0.0)
    examples = keep(*range(5))
    assert T("missions.teach.kept", n=0, total=5) in words(app.run()) and "teach" not in keys(app)
    examples += keep(5)
    assert T("missions.teach.kept_any", n=5, total=5) in words(app.run())
    press(app, "teach")
    press(app, "teach_mixed")
    _, only, mixed = runs()
    for run, share in ((only, 0), (mixed, 1)):
        assert (run.taught.parent, run.taught.mixed) == (own.id, share)
        assert set(run.taught.examples) == set(only.taught.examples) < set(examples)
    assert len(only.taught.examples) == 5
    kept = engine.notes.read_note(token, NOTE)["teach"]
    assert kept["judged"] and kept["runs"] == [own.id, only.id, mixed.id]
    assert [verdict["outcome"] for verdict in kept["verdicts"]] == ["held", "within_noise"]
    assert T("teaching.forgot", n="1,000") in words(app)
    engine.runs.delete_run(token, only.id)
    assert not app.run().exception
    assert engine.notes.read_note(token, NOTE)["teach"]["verdicts"] == kept["verdicts"]
