"""A visitor's own examples on the pages: kept under an answer, shown on Data, and learned from."""

import json
import zlib

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
from ui_pages import T, keys, messages, picture_of_one, send_file, texts, widget, widgets


def links(app) -> list[str]:
    return [element.proto.label for element in app.get("page_link")]


@pytest.fixture
def keep(engine, token):
    """Return ``keep(labels)``: keep images of noise as examples of digits with these labels."""
    noise = np.random.default_rng(1)

    def keep(*labels: int) -> list[str]:
        images = noise.integers(0, 256, (len(labels), 28, 28), np.uint8)
        return [
            engine.examples.keep_example(token, "mnist", *each).id
            for each in zip(images, labels, strict=True)
        ]

    return keep


@pytest.fixture
def drawn(open_page, token):
    """Return ``drawn()``: the Draw page with an uploaded picture of a 1."""
    return lambda: send_file(open_page("draw", token=token), "upload", picture_of_one())


def test_an_answer_is_kept_as_right_or_with_the_label_it_should_have_and_taken_back(
    drawn, engine, token
):
    app = drawn()
    app.button(key="keep_right").click().run()
    (one,) = engine.examples.kept_examples(token)
    assert (one.label, one.source) == (1, "picture") and T("examples.kept", name="1", n=1) in links(
        app
    )
    # Shipped networks cannot be taught.
    assert T("teaching.train_first") in links(app) and "teach" not in keys(app)
    app.button(key="keep_undo").click().run()
    assert engine.examples.kept_examples(token) == () and "keep_right" in keys(app)
    app.button_group(key="keep_label").set_value(7).run()
    (seven,) = engine.examples.kept_examples(token)
    assert seven.label == 7 and T("examples.kept", name="7", n=1) in links(app)


def test_beside_the_ready_made_network_a_kept_image_leads_to_own_networks_or_to_training_on_its_data(
    drawn, open_page, token, train
):
    open_page("train", token=token, dataset="stories")
    app = drawn()
    app.button(key="keep_right").click().run()
    (link,) = (
        element.proto
        for element in app.get("page_link")
        if element.proto.label == T("teaching.train_first")
    )
    assert "dataset=mnist" in link.query_string

    train(RunSettings("mnist"))
    app = drawn()
    (choice,) = (box for box in app.selectbox if box.key.startswith("model_choice"))
    choice.set_value("mnist").run()
    assert T("teaching.choose_own") in texts(app) and "teach" not in keys(app)
    assert T("teaching.train_first") not in links(app)


def test_a_test_image_is_no_example(open_page, token):
    app = open_page("draw", token=token)
    app.button(key="random_image").click().run()
    assert not {"keep_right", "teach"} & keys(app)


def test_two_tabs_that_label_the_same_drawing_are_told(drawn, engine, token):
    one = drawn()
    other = drawn()
    one.button(key="keep_right").click().run()
    other.button_group(key="keep_label").set_value(7).run()
    assert messages(other) == [T("errors.example_kept")] and not other.exception
    assert [each.label for each in engine.examples.kept_examples(token)] == [1]


def test_own_examples_stand_by_class_with_their_counts_and_change(open_page, engine, token, keep):
    first, *_ = keep(7, 7, 7, 7, 2)
    app = open_page("data", token=token, dataset="mnist")
    assert {"**2** · 1", "**7** · 4" + T("examples.of_these", n=1)} <= set(texts(app))
    app.session_state["chosen_example"] = first
    app.run()
    app.button_group(key="example_label").set_value(2).run()
    assert "**2** · 2" in texts(app)
    app.button(key="example_delete").click().run()
    assert [each.label for each in engine.examples.kept_examples(token)] == [7, 7, 7, 2]


def test_examples_are_loaded_from_a_file_once_and_a_bad_file_is_one_sentence(
    open_page, engine, token, keep
):
    keep(7, 2)
    mine = engine.examples.kept_examples(token)
    engine.examples.delete_examples(token, [mine[0].id])
    app = send_file(
        open_page("data", token=token, dataset="mnist"), "example_upload", write_examples_npz(mine)
    )
    assert T("examples.loaded", n=1, known=1) in messages(app)
    for content in (b"PK", b"", write_examples_npz([])[:60]):
        send_file(app, "example_upload", content)
        assert messages(app) == [T("errors.examples_file_unusable")]
    app = send_file(
        open_page("data", token=token, dataset="fashion_mnist"),
        "example_upload",
        write_examples_npz(mine),
    )
    assert messages(app) == [T("errors.examples_file_dataset")]
    assert len(engine.examples.kept_examples(token)) == 2


def test_the_form_says_how_many_own_examples_there_are_to_learn_from(open_page, token, keep):
    app = open_page("train", token=token, dataset="mnist", examples="added")
    assert T("examples.empty") in links(app)
    keep(7, 7, 7, 7)
    app = open_page("train", token=token, dataset="mnist", examples="added", example_weight="5")
    assert (
        T("examples.counted", n=3, test=1) in messages(app)
        and widget(app, "example_weight").value == 5
    )
    widget(app, "examples").set_value("none").run()
    assert "example_weight" not in dict(widgets(app))


@pytest.fixture
def own(train):
    """The visitor's own network for digits."""
    (record,) = train(RunSettings(dataset="mnist", train_images=1_000, epochs=1))
    return record


def test_a_network_learns_a_drawing_and_shows_what_it_forgot_and_can_be_undone(
    drawn, own, engine, token
):
    app = drawn()
    app.button_group(key="keep_label").set_value(7).run()
    app.toggle(key="teach_mixed").set_value(True).run()
    app.button(key="teach").click().run()
    app.run()
    _, taught = engine.runs.list_runs(token)
    assert taught.taught.mixed and taught.taught.parent == own.id
    shown = texts(app)
    outcome = taught.taught.outcome
    assert T("teaching.forgot", n=f"{outcome.forgot:,}") in shown and outcome.forgot
    assert shown.count(T("teaching.right_names")) == 1
    assert T("teaching.became", before="8", after="7") in [header.value for header in app.header]
    assert any(taught.id == value for value in [app.session_state["answers"][0][3]])
    app.button(key="teach_undo").click().run()
    assert [record.id for record in engine.runs.list_runs(token)] == [own.id] and "teach" in keys(
        app
    )
    assert app.session_state["answers"][0][3] == own.id


def test_a_teaching_that_is_interrupted_is_said_and_leaves_the_network(drawn, own, engine, token):
    app = drawn()
    app.button(key="keep_right").click().run()
    engine.workers.dies = True
    app.button(key="teach").click().run()
    app.run()
    assert T("teaching.lost") in messages(app) and engine.runs.list_runs(token)[0] == own
    assert "teach" in keys(app)


@pytest.mark.parametrize("unlike", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.99])
@pytest.mark.parametrize("threshold", [50, 80])
def test_a_drawing_has_the_same_answer_and_remark_in_mission_14_as_on_the_draw_page(
    open_page, own, engine, token, monkeypatch, unlike, share, threshold
):
    drawn = json.dumps(canvas_json(draw_random_scribble(np.random.default_rng(1)))["objects"])
    engine.notes.remember_page_data(token, "drawing_mnist", zlib.compress(drawn.encode()))
    answer = Answer((share, *[(1 - share) / 9] * 9), is_unlike_training=unlike)
    monkeypatch.setattr(engine.answers, "classify_images", lambda *asked: (answer,))
    remark = T(DATASETS["mnist"].dataset_text_key("unlike"))

    draw = open_page("draw", token=token, dataset="mnist")
    mission = begin(open_page("missions", token=token, mission="14"), "teach")
    for app in (draw, mission):
        app.session_state["threshold"] = threshold
    mission.button(key="mission_run").click().run()
    words = f"{DATASETS['mnist'].english_names[0]} · {share_as_percent(share)}"
    headline = words if share >= threshold / 100 else T("draw.perhaps", answer=words)
    for app in (draw.run(), mission):
        assert headline in [header.value for header in app.header] and not app.exception
        assert (remark in texts(app)) == unlike


def test_mission_14_is_judged_from_the_visitors_own_taught_runs(
    open_page, own, engine, token, keep, monkeypatch
):
    monkeypatch.setattr("fvapp.core.results.learned.least_learned_accuracy", lambda *of: 0)
    app = begin(open_page("missions", token=token, mission="14"), "teach")
    app.button(key="mission_run").click().run()  # uses the existing network
    # the network counts as sure of all its answers to the examples
    monkeypatch.setattr("fvapp.ui.missions.own.teach.SURE", 0.0)
    examples = keep(*range(5))
    assert T("missions.teach.kept", n=0, total=5) in words(app.run()) and "teach" not in keys(app)
    examples += keep(5)
    assert T("missions.teach.kept_any", n=5, total=5) in words(app.run())
    app.button(key="teach").click().run()
    app.button(key="teach_mixed").click().run()
    _, only, mixed = engine.runs.list_runs(token)
    assert {only.taught.parent, mixed.taught.parent} == {own.id} and (
        only.taught.mixed,
        mixed.taught.mixed,
    ) == (0, 1)
    assert len(only.taught.examples) == 5 and set(only.taught.examples) == set(
        mixed.taught.examples
    ) < set(examples)
    kept = engine.notes.read_note(token, NOTE)["teach"]
    assert kept["judged"] and kept["runs"] == [own.id, only.id, mixed.id]
    assert [verdict["outcome"] for verdict in kept["verdicts"]] == ["held", "within_noise"]
    assert T("teaching.forgot", n="1,000") in words(app)
    engine.runs.delete_run(token, only.id)
    assert (
        kept["verdicts"] == engine.notes.read_note(token, NOTE)["teach"]["verdicts"]
        and not app.run().exception
    )
