"""The Draw page; tests in a real browser draw on its canvas."""

import json
import zlib
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from fvapp.bench.drawings import canvas_json, draw_random_scribble
from fvapp.core.datasets import DATASETS, SHIPPED
from fvapp.core.settings import RunSettings
from mission_pages import components
from ui_pages import DRAW_FOLDS, T, messages, picture, picture_of_one, send_file, texts


@pytest.fixture
def open_page(open_page):
    """Open pages with the expanders below an answer open."""
    return partial(open_page, folds=DRAW_FOLDS)


def answer(app) -> str | None:
    """Return the answer's class and percentage, or None if there is no answer."""
    return next((header.value for header in app.header if "%" in header.value), None)


def test_a_bad_data_set_in_the_address_is_a_notice(open_page):
    app = open_page("draw", dataset="cats")
    (message,) = messages(app)
    assert T("settings.dataset.label") in message and "cats" in message


def test_whoever_opens_the_page_has_drawn_nothing_yet(open_page, engine):
    token = engine.workspaces.enter_workspace(None).token
    open_page("draw", token=token).run()
    assert (
        engine.notes.recall_page_data(token, "drawing_mnist")
        is engine.notes.recall_page_data(token, "drawing_fashion_mnist")
        is None
    )


def test_a_drawing_is_read_once_however_often_the_page_is_drawn(
    open_page, engine, token, monkeypatch
):
    drawn = json.dumps(canvas_json(draw_random_scribble(np.random.default_rng(1)))["objects"])
    engine.notes.remember_page_data(token, "drawing_mnist", zlib.compress(drawn.encode()))
    app = open_page("draw", token=token, dataset="mnist")
    shown = [header.value for header in app.header]
    monkeypatch.setattr(
        "fvapp.ui.pictures.canvas.parse_canvas", lambda *_: pytest.fail("read once more")
    )
    app.run()
    assert [header.value for header in app.header] == shown != [] and not app.exception


def test_what_is_folded_below_an_answer_is_neither_computed_nor_drawn(open_page, monkeypatch):
    monkeypatch.setattr(
        "fvapp.core.inspection.network.Network.trace_images",
        lambda *_: pytest.fail("a look inside"),
    )
    app = open_page("draw", folds=())
    index_field(app).set_value(42).run()
    assert "%" in answer(app) and not app.exception and "threshold" not in app.session_state


def model_box(app):
    (box,) = (box for box in app.selectbox if box.key.startswith("model_choice"))
    return box


def index_field(app):
    (field,) = (field for field in app.number_input if field.key.startswith("test_index"))
    return field


def test_a_test_image_is_asked_as_it_is_and_below_the_threshold_its_answer_is_a_perhaps(
    open_page, engine, token, mnist
):
    app = open_page("draw", token=token)
    index_field(app).set_value(48).run()  # the network is 95% sure of this image
    (expected,) = engine.answers.classify_images(token, "mnist", [mnist.x_test[48]])
    name = DATASETS["mnist"].english_names[expected.predicted_label]
    sure = answer(app)
    assert f"{name} · {100 * expected.confidence:.1f}%" in sure != T("draw.perhaps", answer=sure)
    app.slider(key="threshold").set_value(100).run()
    assert answer(app) == T("draw.perhaps", answer=sure)


@pytest.mark.parametrize("state", ["starting", "restarting", "failed"])
def test_an_answer_waits_for_no_training_process(open_page, says, state):
    says(state=state)
    app = open_page("draw")
    index_field(app).set_value(42).run()
    assert "%" in answer(app)


@pytest.mark.parametrize("stale", [True, False])
def test_an_answer_from_earlier_weights_says_so(open_page, engine, monkeypatch, stale):
    classify = engine.answers.classify_images
    monkeypatch.setattr(
        engine.answers,
        "classify_images",
        lambda *asked: tuple(replace(a, is_stale=stale) for a in classify(*asked)),
    )
    app = open_page("draw")
    index_field(app).set_value(42).run()
    assert (T("draw.stale") in [caption.value for caption in app.caption]) is stale


@pytest.mark.parametrize("dataset", SHIPPED)
def test_what_looks_like_nothing_of_the_kind_says_so_in_a_small_line_below_the_networks_answer(
    open_page, engine, monkeypatch, dataset
):
    classify = engine.answers.classify_images
    monkeypatch.setattr(
        engine.answers,
        "classify_images",
        lambda *asked: tuple(replace(a, is_unlike_training=True) for a in classify(*asked)),
    )
    app = open_page("draw", dataset=dataset)
    index_field(app).set_value(42).run()
    words = T(DATASETS[dataset].dataset_text_key("unlike"))
    assert answer(app) and words not in answer(app)
    assert [caption.value for caption in app.caption].count(words) == 1


@pytest.mark.parametrize("index", [-1, 10_000, 10**9])
def test_an_index_that_is_no_test_image_is_one_sentence(open_page, index):
    app = open_page("draw")
    index_field(app).set_value(index).run()
    (message,) = messages(app)
    assert f"{index:,}" in message
    assert answer(app) is None


def test_a_file_that_is_no_image_is_one_sentence_and_the_next_picture_works(open_page):
    app = open_page("draw")
    for data in (
        b"hello",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
    ):
        send_file(app, "upload", data)
        (message,) = [element.value for element in app.error]
        assert message.rstrip().endswith(".") and "Traceback" not in message
    assert not send_file(
        app, "upload", b""
    ).error  # content is empty when the browser has refused a file and said why
    # A blank picture gets no answer.
    assert answer(send_file(app, "upload", picture(np.full((100, 100), 255, np.uint8)))) is None
    assert "%" in answer(send_file(app, "upload", picture_of_one())) and not app.error


def test_a_picture_is_described_and_stays_where_the_field_would_never_have_sent_what_comes(
    open_page,
):
    app = send_file(open_page("draw"), "upload", picture_of_one())
    assert all(image.alt for picture in app.image for image in picture.proto.imgs)
    (chart,) = app.get("plotly_chart")
    assert "%" in chart.proto.alt
    before = answer(app)
    for content in (5, "no base64", None, "AAA", ["AAAA"]):
        send_file(app, "upload", content)
        assert messages(app) == [T("errors.value_not_understood")] and not app.exception, content
        assert answer(app) == before


def test_the_latest_model_of_the_visitor_answers_and_the_one_that_ships_can_be_chosen(
    open_page, engine, token, train, mnist
):
    (record,) = train(RunSettings(dataset="mnist"))
    app = open_page("draw", token=token)
    index_field(app).set_value(3).run()
    for model in (record.id, "mnist"):
        (expected,) = engine.answers.classify_images(token, model, [mnist.x_test[3]])
        assert f"{100 * expected.confidence:.1f}%" in answer(app)
        model_box(app).set_value("mnist").run()


def test_a_refresh_finds_data_set_and_model_as_they_were_chosen(open_page, token, train):
    train(RunSettings(dataset="mnist"), RunSettings(dataset="fashion_mnist"))
    app = open_page("draw", token=token)
    # the data set of the latest run
    assert app.segmented_control(key="draw_dataset").value == "fashion_mnist"
    app.segmented_control(key="draw_dataset").set_value("mnist").run()
    model_box(app).set_value("mnist").run()
    again = open_page("draw", token=token)
    assert (
        again.segmented_control(key="draw_dataset").value == "mnist"
        and model_box(again).value == "mnist"
    )
    again.segmented_control(key="draw_dataset").set_value("fashion_mnist").run()
    assert model_box(again).value != "fashion_mnist"  # no model was chosen for this data set


def test_a_newer_training_answers_in_place_of_what_was_chosen_and_another_model_for_one_that_is_gone(
    open_page, engine, token, train
):
    (first,) = train(RunSettings(dataset="mnist"))
    model_box(open_page("draw", token=token)).set_value("mnist").run()
    (newest,) = train(RunSettings(dataset="mnist"))
    app = open_page("draw", token=token)
    assert model_box(app).value == newest.id
    model_box(app).set_value(first.id).run()
    engine.runs.delete_run(token, first.id)
    assert model_box(open_page("draw", token=token)).value == newest.id


def test_a_visit_that_chooses_nothing_keeps_nothing_and_reads_once(
    open_page, engine, token, monkeypatch
):
    read = engine.notes.read_note
    asked = []
    monkeypatch.setattr(
        engine.notes, "read_note", lambda token, name: asked.append(name) or read(token, name)
    )
    app = open_page("draw", token=token)
    app.button(key="random_image").click().run()
    assert asked.count("draw") == 1
    assert read(token, "draw") is None


def test_the_same_address_again_does_not_undo_a_choice(open_page, token):
    app = open_page("draw", token=token, dataset="mnist")
    app.segmented_control(key="draw_dataset").set_value("fashion_mnist").run()
    assert (
        open_page("draw", token=token, dataset="mnist").segmented_control(key="draw_dataset").value
        == "fashion_mnist"
    )
    assert (
        open_page("draw", token=token).segmented_control(key="draw_dataset").value
        == "fashion_mnist"
    )


def scroll_request(app) -> dict:
    """Return what the page tells the component that scrolls."""
    (data,) = components(app, "into_view")
    return data


def test_the_page_scrolls_to_the_answer_on_each_press_of_a_random_image_and_on_nothing_else(
    open_page,
):
    app = open_page("draw", dataset="mnist")
    asked = scroll_request(app)
    index_field(app).set_value(0).run()
    assert scroll_request(app) == asked
    app.button(key="random_image").click().run()
    first = scroll_request(app)
    assert first["part"] == "answer_row" and first["request"] and first == scroll_request(app.run())
    app.button(key="random_image").click().run()
    assert scroll_request(app)["request"] != first["request"]


def test_the_sentence_of_the_fewest_pixels_shows_them(open_page, monkeypatch):
    app = open_page("draw")
    monkeypatch.setattr("fvapp.ui.draw.short_inside.has_value_settled", lambda *said: True)
    monkeypatch.setattr("fvapp.ui.draw.short_inside._QUICK", 60)
    index_field(app).set_value(0).run()
    (sentence,) = (button for button in app.button if button.key == "fewest_found")
    assert "turn" in sentence.label and not any(sentence.label in text for text in texts(app))
    asked = scroll_request(app)
    sentence.click().run()
    assert f"**{sentence.label}**" in texts(app)
    assert scroll_request(app)["part"] == "short_marked" and scroll_request(app) != asked
    assert "short_search" not in {button.key for button in app.button}
