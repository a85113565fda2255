"""Look inside gives the same answers about runs, whether a worker or the server computes them.

The engine refuses to answer questions about other visitors' runs.
"""

import threading

import numpy as np
import pytest

from fvapp.core.answers import softmax_shares
from fvapp.core.errors import EngineError
from fvapp.core.inspection.decoding import read_keras_file
from fvapp.core.inspection.questions import (
    CorrectTrainingCountQuestion,
    CoveredLogitsQuestion,
    NearestTrainingImagesQuestion,
    TestLogitsQuestion,
    UnitValuesQuestion,
    answer_question,
    make_numpy_feature_extractor,
)
from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.engine.answers.byte_cache import ByteCache
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.processes import machine
from fvapp.engine.timing import DEFAULT_TIMING
from real_engine import LONG, SMALL, wait_until
from scripted_engine import new_visitor, refused

IMAGES = 10_000


@pytest.fixture(scope="module")
def visitor(real_engine):
    return new_visitor(real_engine)


def trained(visitor, **settings) -> RunRecord:
    record = visitor.submit(SMALL.with_values(**settings))
    wait_until(lambda: visitor.run(record.id).state not in ACTIVE)
    return visitor.run(record.id)


@pytest.fixture(scope="module")
def dense(visitor):
    return trained(visitor)


@pytest.fixture(scope="module")
def cnn(visitor):
    return trained(visitor, network="cnn", batch_size=128, epochs=1)


def test_a_model_file_answers_as_the_server_does(
    real_engine, visitor, dense, cnn, fashion, tmp_path
):
    images = fashion.x_test[:8]
    for record in (dense, cnn):
        (tmp_path / "model.keras").write_bytes(
            real_engine.answers.export_model_file(visitor, record.id)
        )
        expected = softmax_shares(
            read_keras_file(tmp_path / "model.keras").logits(images), record.result.temperature
        )
        found = [
            answer.probabilities
            for answer in real_engine.answers.classify_images(visitor, record.id, images)
        ]
        assert np.allclose(found, expected, atol=1e-5)


def test_a_worker_and_this_process_answer_alike(real_engine, visitor, cnn, fashion):
    pixels = fashion.x_test[3].tobytes()
    questions = [
        TestLogitsQuestion(IMAGES, 2_000),
        UnitValuesQuestion(IMAGES, 1_000),
        CoveredLogitsQuestion(IMAGES, pixels),
        NearestTrainingImagesQuestion(IMAGES, 0, 900, pixels),
        CorrectTrainingCountQuestion(IMAGES, 2_000, 2_900),
    ]
    look = make_numpy_feature_extractor(real_engine.answers.load_network(visitor, cnn.id))
    for question in questions:
        found = real_engine.answers.answer_question(visitor, cnn.id, question)
        expected = answer_question(question, look, fashion)
        assert found.dtype == expected.dtype
        assert np.allclose(found, expected, rtol=1e-2, atol=1e-3 * max(1.0, np.abs(expected).max()))


def test_the_frames_of_a_run_begin_with_its_start_weights(real_engine, visitor, dense):
    frames = real_engine.answers.read_frames(visitor, dense.id)
    assert [(frame.step, frame.epoch) for frame in frames][:5] == [
        (0, 0),
        (1, 0),
        (3, 0),
        (7, 0),
        (15, 0),
    ]
    assert frames[-1].epoch == dense.epochs
    start = real_engine.answers.initial_kernel(visitor, dense.id)
    assert np.allclose(frames[0].weights[0], start, atol=1e-3)
    last = real_engine.answers.load_network(visitor, dense.id).weighted_steps[0].kernel
    assert np.allclose(frames[-1].weights[0], last, atol=1e-2)


def test_a_run_that_trains_shows_its_network_but_not_its_mistakes(real_engine, visitor):
    (record,) = real_engine.runs.submit_runs(visitor, [LONG])
    wait_until(lambda: visitor.run(record.id).epoch > 0)
    assert not real_engine.answers.load_network(visitor, record.id).has_diverged
    (answer,) = real_engine.answers.classify_images(
        visitor, record.id, [np.eye(28, dtype=np.uint8)]
    )
    assert len(answer.probabilities) == 10
    with refused("still_trains"):
        real_engine.answers.answer_question(visitor, record.id, TestLogitsQuestion(IMAGES, 0))
    real_engine.runs.stop_run(visitor, record.id)
    wait_until(lambda: visitor.run(record.id).state == "stopped")


def test_a_question_about_other_data_is_refused(real_engine, visitor, dense):
    with pytest.raises(Exception, match="other_data"):
        real_engine.answers.answer_question(visitor, dense.id, TestLogitsQuestion(123, 0))


def test_the_cache_keeps_to_its_size_drops_the_least_recently_used_and_computes_once():
    cache = ByteCache(100)
    for key in "abc":
        cache.store_cached_value(key, np.zeros(40, np.uint8))
    assert cache.find_cached_value("a") is None and cache.nbytes == 80
    cache.find_cached_value("b")
    cache.store_cached_value("d", np.zeros(60, np.uint8))
    assert cache.find_cached_value("c") is None
    assert cache.find_cached_value("b") is not None
    assert cache.nbytes == 100
    cache.store_cached_value("huge", np.zeros(101, np.uint8))
    assert cache.find_cached_value("huge") is None and cache.nbytes <= 100
    made = []
    for _ in range(2):
        cache.get_or_compute_value("key", lambda: made.append(1) or np.zeros(1))
    assert made == [1]


@pytest.fixture
def slow_worker(monkeypatch):
    """Replace the workers with a worker that answers only when the test allows it.

    Returns:
        A semaphore that each question releases, and the event that lets the worker answer.
    """
    asked = threading.Semaphore(0)
    go_on = threading.Event()

    def ask_worker(*_: object) -> np.ndarray:
        asked.release()
        assert go_on.wait(60)
        return np.zeros(1)

    monkeypatch.setattr(
        "fvapp.engine.answers.inspecting.NetworkSource._ask_worker_to_inspect", ask_worker
    )
    monkeypatch.setattr("fvapp.engine.answers.commands.TURN_SECONDS", 0.01)
    return asked, go_on


def test_only_so_many_questions_are_answered_at_once(tmp_path, slow_worker):
    asked, go_on = slow_worker
    limits = {"FVAPP_LIMIT_INSPECTIONS": "1", "FVAPP_LIMIT_INSPECTIONS_ALL": "1"}
    engine = EmbeddedEngine({"FVAPP_HOME": str(tmp_path), **limits})
    mine, other = (new_visitor(engine) for _ in range(2))
    first = threading.Thread(
        target=engine.answers.answer_question, args=(mine, "mnist", TestLogitsQuestion(IMAGES, 0))
    )
    first.start()
    try:
        assert asked.acquire(timeout=60)
        with pytest.raises(EngineError, match=r"limit_inspections \("):
            engine.answers.answer_question(mine, "mnist", TestLogitsQuestion(IMAGES, 1_000))
        with refused("limit_inspections_all"):
            engine.answers.answer_question(other, "mnist", TestLogitsQuestion(IMAGES, 1_000))
    finally:
        go_on.set()
        first.join()
        engine.close()


def test_workspaces_in_which_nothing_has_ended_leave_the_others_half_of_the_turns(
    tmp_path, slow_worker
):
    asked, go_on = slow_worker
    engine = EmbeddedEngine({"FVAPP_HOME": str(tmp_path), "FVAPP_LIMIT_INSPECTIONS_ALL": "4"})
    student, *fresh = (new_visitor(engine) for _ in range(4))
    engine._engine_state.workspaces.open_workspace(student).is_newcomer = False
    ask = [
        threading.Thread(
            target=engine.answers.answer_question,
            args=(visitor, "mnist", TestLogitsQuestion(IMAGES, 1_000 * at)),
        )
        for at, visitor in enumerate((*fresh[:2], student))
    ]
    try:
        for each in ask[:2]:
            each.start()
            assert asked.acquire(timeout=60)
        with refused("limit_inspections_all"):
            engine.answers.answer_question(fresh[2], "mnist", TestLogitsQuestion(IMAGES, 5_000))
        ask[2].start()
        assert asked.acquire(timeout=60)
    finally:
        go_on.set()
        for each in ask:
            each.join()
    assert engine.answers.answer_question(fresh[2], "mnist", TestLogitsQuestion(IMAGES, 5_000)).size
    engine.close()


def test_without_a_worker_a_convolutional_network_is_asked_about_one_image_only(scripted_engine):
    visitor = new_visitor(scripted_engine)
    pixels = np.eye(28, dtype=np.uint8).tobytes()
    assert (
        scripted_engine.answers.answer_question(
            visitor, "mnist", CoveredLogitsQuestion(IMAGES, pixels)
        ).shape[1]
        == 10
    )
    with refused("not_ready"):
        scripted_engine.answers.answer_question(visitor, "mnist", TestLogitsQuestion(IMAGES, 0))


def test_a_question_that_needs_a_worker_starts_the_one_that_is_there_on_demand(
    monkeypatch, scripted
):
    monkeypatch.setattr(machine, "available_memory_mb", lambda *proc: 700)
    engine = scripted({"FVAPP_WORKERS": ""})
    engine.workers.names = ()
    engine.workers.processes = 0
    engine.start()
    with refused("not_ready"):
        engine.answers.answer_question(new_visitor(engine), "mnist", TestLogitsQuestion(IMAGES, 0))
    assert not engine.workers.asked
    engine.skip(DEFAULT_TIMING.check_interval_seconds)
    assert engine.workers.asked == [("start", "another")]
