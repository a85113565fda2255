"""The Draw page; tests in a real browser draw on its canvas."""

import json
import zlib
from functools import partial

import numpy as np
import pytest
from streamlit.proto.Metric_pb2 import Metric

from fvapp.bench.drawings import canvas_json, draw_random_scribble
from fvapp.core.datasets import DATASETS, SHIPPED
from fvapp.core.settings import RunSettings
from fvapp.ui.messages import Messages
from mission_pages import components
from ui_pages import (
    DRAW_FOLDS,
    T,
    field,
    html,
    messages,
    picture,
    picture_of_one,
    press,
    send_file,
    set_field,
    texts,
)


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


def test_a_drawing_is_read_once_however_often_the_page_is_drawn(
    own_page, engine, token, monkeypatch
):
    drawn = json.dumps(canvas_json(draw_random_scribble(np.random.default_rng(1)))["objects"])
    engine.notes.remember_page_data(token, "drawing_mnist", zlib.compress(drawn.encode()))
    app = own_page("draw", dataset="mnist")
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
    set_field(app, "test_index", 42)
    assert "%" in answer(app) and not app.exception and "threshold" not in app.session_state


def test_a_test_image_is_asked_as_it_is_and_below_the_threshold_its_answer_is_a_perhaps(
    own_page, engine, token, mnist
):
    app = own_page("draw")
    set_field(app, "test_index", 48)  # the network is 95% sure of this image
    (expected,) = engine.answers.classify_images(token, "mnist", [mnist.x_test[48]])
    name = DATASETS["mnist"].english_names[expected.predicted_label]
    sure = answer(app)
    assert f"{name} · {100 * expected.confidence:.1f}%" in sure != T("draw.perhaps", answer=sure)
    set_field(app, "threshold", 100)
    assert answer(app) == T("draw.perhaps", answer=sure)


@pytest.mark.parametrize("state", ["starting", "restarting", "failed"])
def test_an_answer_waits_for_no_training_process(open_page, says, state):
    says(state=state)
    app = open_page("draw")
    set_field(app, "test_index", 42)
    assert "%" in answer(app)


@pytest.mark.parametrize("stale", [True, False])
def test_an_answer_from_earlier_weights_says_so(open_page, answer_as, stale):
    answer_as(is_stale=stale)
    app = open_page("draw")
    set_field(app, "test_index", 42)
    assert (T("draw.stale") in texts(app)) is stale


@pytest.mark.parametrize("dataset", SHIPPED)
def test_what_looks_like_nothing_of_the_kind_says_so_in_a_small_line_below_the_networks_answer(
    open_page, answer_as, dataset
):
    answer_as(is_unlike_training=True)
    app = open_page("draw", dataset=dataset)
    set_field(app, "test_index", 42)
    words = T(DATASETS[dataset].dataset_text_key("unlike"))
    assert answer(app) and words not in answer(app)
    assert [caption.value for caption in app.caption].count(words) == 1


@pytest.mark.parametrize("index", [-1, 10_000, 10**9])
def test_an_index_that_is_no_test_image_is_one_sentence(open_page, index):
    app = open_page("draw")
    set_field(app, "test_index", index)
    (message,) = messages(app)
    assert f"{index:,}" in message
    assert answer(app) is None


def test_a_file_that_is_no_image_is_one_sentence_and_the_next_picture_works(open_page):
    app = open_page("draw")
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    for data in (b"hello", b"\x89PNG\r\n\x1a\n" + bytes(100), svg, b"GIF89a"):
        send_file(app, "upload", data)
        (message,) = messages(app)
        assert message.rstrip().endswith(".") and "Traceback" not in message
    # A browser that has refused a file and shown the reason sends empty content.
    assert not send_file(app, "upload", b"").error
    blank = picture(np.full((100, 100), 255, np.uint8))
    assert answer(send_file(app, "upload", blank)) is None
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
    own_page, engine, token, train, mnist
):
    (record,) = train(RunSettings(dataset="mnist"))
    app = own_page("draw")
    set_field(app, "test_index", 3)
    for model in (record.id, "mnist"):
        (expected,) = engine.answers.classify_images(token, model, [mnist.x_test[3]])
        assert f"{100 * expected.confidence:.1f}%" in answer(app)
        set_field(app, "model_choice", "mnist")


def test_a_refresh_finds_data_set_and_model_as_they_were_chosen(own_page, train):
    train(RunSettings(dataset="mnist"), RunSettings(dataset="fashion_mnist"))
    app = own_page("draw")
    # The page begins with the data set of the latest run.
    assert field(app, "draw_dataset").value == "fashion_mnist"
    set_field(app, "draw_dataset", "mnist")
    set_field(app, "model_choice", "mnist")
    again = own_page("draw")
    assert field(again, "draw_dataset").value == field(again, "model_choice").value == "mnist"
    set_field(again, "draw_dataset", "fashion_mnist")
    # The visitor has chosen no model for Fashion-MNIST, so the newest run answers.
    assert field(again, "model_choice").value != "fashion_mnist"


def test_a_newer_training_answers_in_place_of_what_was_chosen_and_another_model_for_one_that_is_gone(
    own_page, engine, token, train
):
    (first,) = train(RunSettings(dataset="mnist"))
    set_field(own_page("draw"), "model_choice", "mnist")
    (newest,) = train(RunSettings(dataset="mnist"))
    app = own_page("draw")
    assert field(app, "model_choice").value == newest.id
    set_field(app, "model_choice", first.id)
    engine.runs.delete_run(token, first.id)
    assert field(own_page("draw"), "model_choice").value == newest.id


def test_a_visit_that_chooses_nothing_keeps_nothing_and_reads_once(
    own_page, engine, token, monkeypatch
):
    read = engine.notes.read_note
    asked = []
    monkeypatch.setattr(
        engine.notes, "read_note", lambda token, name: asked.append(name) or read(token, name)
    )
    press(own_page("draw"), "random_image")
    assert asked.count("draw") == 1 and read(token, "draw") is None
    for name in ("mnist", "fashion_mnist"):
        assert engine.notes.recall_page_data(token, f"drawing_{name}") is None


def test_the_same_address_again_does_not_undo_a_choice(own_page):
    set_field(own_page("draw", dataset="mnist"), "draw_dataset", "fashion_mnist")
    for query in ({"dataset": "mnist"}, {}):
        assert field(own_page("draw", **query), "draw_dataset").value == "fashion_mnist"


@pytest.mark.parametrize("dataset", ["own", "stories", "mnist"])
def test_each_kind_of_data_notes_what_it_has_said_where_only_its_part_is_drawn_again(
    own_page, monkeypatch, dataset
):
    app = set_field(own_page("draw"), "draw_dataset", dataset)
    noted = []
    monkeypatch.setattr(Messages, "note_notices_shown", lambda _: noted.append(1))
    app.run()
    assert len(noted) == 2  # once by the part that is drawn by itself, once by the page


@pytest.mark.parametrize(
    ("address", "reached"),
    [("http://127.0.0.1:8501", False), ("http://localhost", False), ("http://10.0.0.7:8501", True)],
)
def test_a_phone_gets_a_code_only_where_it_can_reach_the_server(
    open_page, monkeypatch, address, reached
):
    monkeypatch.setattr("fvapp.ui.taken_home.take_home.can_serve_files", lambda: True)
    monkeypatch.setattr("fvapp.ui.taken_home.take_home.server_address", lambda: address)
    monkeypatch.setattr("fvapp.ui.taken_home.take_home.HANDING.offer_file", lambda *_: "file")
    app = open_page("draw", folds=("draw_more", "at_home_drawn"), dataset="mnist")
    app = press(send_file(app, "upload", picture_of_one()), "at_home_drawn_phone")
    said = T(f"at_home.phone_{'about' if reached else 'cannot'}", address=f"{address}/at-home/file")
    assert said in texts(app) and ("class='fvapp-qr'" in html(app)) == reached


def test_the_comparison_of_steps_shows_no_change_where_a_share_is_meant(own_page):
    app = send_file(own_page("draw", dataset="mnist"), "upload", picture_of_one())
    step = next(toggle.key for toggle in app.toggle if toggle.key.startswith("step_"))
    set_field(app, step, False)
    shares = [metric.proto for metric in app.metric if metric.delta.endswith("%")]
    assert [share.direction for share in shares] == [Metric.MetricDirection.NONE] * 2


def scroll_request(app) -> dict:
    """Return what the page tells the component that scrolls."""
    (data,) = components(app, "into_view")
    return data


def test_the_page_scrolls_to_the_answer_on_each_press_of_a_random_image_and_on_nothing_else(
    open_page,
):
    app = open_page("draw", dataset="mnist")
    asked = scroll_request(app)
    set_field(app, "test_index", 0)
    assert scroll_request(app) == asked
    press(app, "random_image")
    first = scroll_request(app)
    assert first["part"] == "answer_row" and first["request"] and first == scroll_request(app.run())
    press(app, "random_image")
    assert scroll_request(app)["request"] != first["request"]


def test_the_sentence_of_the_fewest_pixels_shows_them(open_page, monkeypatch):
    app = open_page("draw")
    monkeypatch.setattr("fvapp.ui.draw.short_inside.has_value_settled", lambda *said: True)
    monkeypatch.setattr("fvapp.ui.draw.short_inside._QUICK", 60)
    set_field(app, "test_index", 0)
    (sentence,) = (button for button in app.button if button.key == "fewest_found")
    assert "turn" in sentence.label and not any(sentence.label in text for text in texts(app))
    asked = scroll_request(app)
    sentence.click().run()
    assert f"**{sentence.label}**" in texts(app)
    assert scroll_request(app)["part"] == "short_marked" and scroll_request(app) != asked
    assert "short_search" not in {button.key for button in app.button}
