"""The data of the twelve test images on the Train page, before a browser draws them."""

import json
import zlib

import pytest

from fvapp.charts.images import png_data_url
from fvapp.core.documents.runfile import read_run_file, write_run_file
from fvapp.core.events import EpochEnded, Guesses, RunEnded, RunStarted, find_followed_drawing
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import SETTINGS, RunSettings
from ui_pages import T, component_data, only_run, set_field, start, texts

STARTED = RunStarted(1_000, 54_000, 6_000, 1_688, 2)
RESULT = RunResult(0.4, 0.85, 0.4)
ENDED = (EpochEnded(1, 0.5, 0.85, 0.4, 0.9, seconds=0.4), RunEnded("done", RESULT))
ASKED = Guesses(1, 0, (1_688,), ((1,) * 12,), ((0.5,) * 12,), ((0.1,) * 10,))
TRUTH = [0, 1, 2, 3, 4, 4, 5, 6, 6, 7, 8, 9]


def add_run(engine, token, events, **settings):
    chosen = RunSettings(**settings)
    record = RunRecord("", 0, chosen, "done", epochs=1, epoch=1, result=RESULT)
    return engine.runs.add_run(token, record, [STARTED, *events])


def drawn(app):
    """Return the data of the component, or None if the page has no such component."""
    return next(iter(component_data(app, "twelve")), None)


def test_before_any_run_the_images_of_the_chosen_data_set_are_there_without_guesses(own_page):
    shown = drawn(own_page("train", dataset="mnist"))
    assert shown["moments"] == [] and shown["names"] == list("0123456789")
    assert shown["words"]["empty"] == T("train.twelve.empty")


def test_each_moment_says_when_it_was_and_how_many_were_right(own_page, engine, token):
    wrong = [9, *TRUTH[1:]]
    none = [None] * 12
    answers = (none, [0] * 12, wrong, TRUTH)
    guesses = Guesses(1, 0, (0, 1, 1_023, 1_688), answers, (none, *[[0.5] * 12] * 3))
    add_run(engine, token, [guesses, *ENDED])
    shown = drawn(own_page("train"))
    assert shown["truth"] == TRUTH and not shown["live"]
    assert [(each["when"], each["right"]) for each in shown["moments"]] == [
        (T("train.twelve.before"), 0),
        (T("train.twelve.first"), 1),
        (T("train.twelve.batches", n="1,023"), 11),
        (T("train.twelve.epoch", n=1), 12),
    ]


def test_what_was_drawn_last_is_sent_with_the_run_and_stays_beside_the_images(
    own_page, engine, token
):
    stroke = {"path": [["M", 300, 200], ["L", 700, 200], ["L", 400, 1_000]], "strokeWidth": 80}
    drawing = zlib.compress(json.dumps([stroke]).encode())
    engine.notes.remember_page_data(token, "drawing_mnist", drawing)
    app = start(own_page("train", dataset="mnist"))
    (first, *_), _ = engine.runs.read_events(token, only_run(engine, token).id)
    image = find_followed_drawing([first])
    (trained,) = engine.workers.training()
    assert image.max() > 200 and trained.order.drawing.tolist() == image.tolist()
    assert drawn(app)["drawing"] == png_data_url(image)
    again = read_run_file(write_run_file(only_run(engine, token), [first, STARTED, ASKED]))[1]
    add_run(engine, token, [*again, *ENDED], dataset="mnist")
    app.session_state["shown_run"] = engine.runs.list_runs(token)[-1].id
    shown = drawn(app.run())
    assert shown["drawing"] == png_data_url(image) and shown["moments"][-1]["drawing"] == [0.1] * 10


@pytest.mark.parametrize("network", SETTINGS["network"].choices)
def test_every_kind_of_network_has_its_neurons_shown_while_it_trains(own_page, engine, network):
    app = start(own_page("train", network=network))
    engine.advance()
    assert T("train.shows.hint") in texts(set_field(app.run(), "run_shows", True))


def test_without_a_drawing_for_the_data_set_there_are_twelve(own_page, engine, token):
    engine.notes.remember_page_data(token, "drawing_mnist", zlib.compress(b"[]"))
    app = start(own_page("train"))
    events, _ = engine.runs.read_events(token, only_run(engine, token).id)
    assert not drawn(app)["drawing"] and find_followed_drawing(events) is None


@pytest.mark.parametrize("guesses", [[], [Guesses(1, 0, (1_688,), ((1, 2),), ((0.5, 0.5),))]])
def test_a_run_of_an_earlier_version_and_a_file_with_another_number_of_images_show_none(
    own_page, engine, token, guesses
):
    add_run(engine, token, [*guesses, *ENDED])
    assert drawn(own_page("train")) is None
