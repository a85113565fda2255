"""The lines that text runs write: at moments of their film, and live while they train."""

import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.settings import RunSettings
from fvapp.core.texts.lines import write_network_line
from fvapp.engine.answers import writings
from fvapp.engine.answers.inspecting import LIVE_SECONDS
from scripted_engine import new_visitor, refused

STORIES = RunSettings(
    dataset="stories", hidden=(12,), epochs=3, train_images=1_000, validation_split=0.0
)


@pytest.fixture
def engine(scripted_engine):
    scripted_engine.start()
    return scripted_engine


@pytest.fixture
def visitor(engine):
    return new_visitor(engine)


@pytest.fixture
def lines(engine, visitor):
    """Return ``lines(run)``: the lines that a run's network has written so far."""
    return lambda run: engine.answers.lines_written_by_network(visitor, run)


def test_a_run_has_no_line_before_it_has_weights_and_then_those_of_its_film_and_of_now(
    engine, visitor, lines
):
    run = visitor.submit(STORIES).id
    assert lines(run) == ()
    engine.advance()
    *film, now = lines(run)
    assert [(line.step, line.epoch) for line in film] == [(0, 0), (1, 0), (3, 0), (7, 0)]
    assert now.step is None and len({line.text for line in (*film, now)}) == 5


def test_the_line_of_now_is_that_of_the_weights_and_the_lines_of_the_film_stay(
    engine, visitor, lines
):
    run = visitor.submit(STORIES).id
    engine.advance()
    before = lines(run)
    (training,) = engine.workers.training()
    form = DATASETS[STORIES.dataset].text
    assert before[-1].text == write_network_line(network_of_run(STORIES, training.weights), form)
    training._end = [2 * weight for weight in training.weights]
    engine.advance()
    # No line is added yet, because less than half a second has passed.
    assert lines(run) == before
    engine.clock.skip(LIVE_SECONDS)
    after = lines(run)
    assert after[:-1] == before[:-1]
    assert after[-1].text == write_network_line(network_of_run(STORIES, training.weights), form)
    engine.finish()
    assert lines(run)[:-1] == before[:-1]


def test_each_line_is_written_once_however_many_pages_show_it(engine, visitor, lines, monkeypatch):
    run = visitor.submit(STORIES).id
    engine.advance()
    written = lines(run)
    monkeypatch.setattr(writings, "write_network_line", lambda *asked: pytest.fail("written again"))
    assert lines(run) == written


def test_a_run_on_images_writes_no_lines_and_another_visitors_run_is_not_found(
    engine, visitor, lines
):
    run = visitor.submit(RunSettings(hidden=(12,), epochs=1)).id
    engine.finish()
    assert lines(run) == ()
    with refused("unknown_run"):
        engine.answers.lines_written_by_network(new_visitor(engine), run)
