"""A run in training answers with its worker's current weights, or else with its stored weights."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.inspection.answering import answer_images
from fvapp.core.inspection.glimpse import take_weight_glimpse
from fvapp.core.places import AppFolders
from fvapp.core.runs import RunPosition, RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.answers.glimpses import PAUSE, WeightGlimpses
from fvapp.engine.answers.inspecting import FIRST_WAIT, LIVE_SECONDS, LIVE_WAIT, NetworkSource
from fvapp.engine.runs.limits import Limits
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.workers.connection import WorkerUnreachable
from fvapp.engine.workers.protocol import array_to_plain
from random_networks import random_images, random_weights
from scripted_engine import new_visitor, refused

SETTINGS = RunSettings(hidden=(8,))
IMAGES = random_images(3)


class Training:
    """A run that trains, with a fake worker and the state that the server has stored for it."""

    def __init__(self) -> None:
        self.weights: list[np.ndarray] | None = random_weights(SETTINGS, 1)
        self.busy = False
        self.stored: bytes | None = None
        self.waits: list[float] = []  # seconds that the server allowed each call to take
        self.now = 0.0
        record = RunRecord("run", 1, SETTINGS, "running")
        self.run = Run(
            OpenWorkspace("class", created_at=0.0), record, worker_address="tls://worker"
        )
        journal = SimpleNamespace(read_checkpoint=lambda run: self.stored)
        shared = {"journal": journal, "limits": Limits(), "clock": lambda: self.now}
        engine_state = SimpleNamespace(lock=threading.RLock(), workers={}, **shared)
        self.glimpses = WeightGlimpses(engine_state, self)
        self.models = NetworkSource(
            engine_state, self, AppFolders.from_environ({}), run_examples=None
        )

    def call_worker(
        self, address: str, command: str, *, seconds: float, run: str
    ) -> list[dict] | None:
        assert (address, run) == ("tls://worker", "run")
        self.waits.append(seconds)
        if self.busy:
            raise WorkerUnreachable(address)
        if self.weights is None:
            return None
        if command == "glimpse":
            glimpse = take_weight_glimpse(self.weights)
            return [array_to_plain(glimpse.weight_pictures), array_to_plain(glimpse.line_strengths)]
        return [array_to_plain(weight) for weight in self.weights]

    def store(self, seed: int) -> None:
        checkpoint = Checkpoint(random_weights(SETTINGS, seed), [], iterations=9, epoch=1, step=0)
        self.stored, self.run.checkpoint_position = checkpoint.to_bytes(), RunPosition(1, 0)

    def ask(self):
        network, stale = self.models.load_latest_network(self.run)
        return answer_images(network, IMAGES, SETTINGS.dataset, stale)


@pytest.fixture
def training() -> Training:
    return Training()


def shares(answers) -> list:
    return [answer.probabilities for answer in answers]


def test_the_weights_that_answer_are_at_most_half_a_second_old(training):
    first = training.ask()
    training.weights = random_weights(SETTINGS, 2)
    training.now = 0.9 * LIVE_SECONDS
    assert training.ask() == first and len(training.waits) == 1
    training.now = LIVE_SECONDS
    second = training.ask()
    assert shares(second) != shares(first) and not any(answer.is_stale for answer in first + second)


def test_a_busy_worker_is_asked_twice_a_second_and_the_last_weights_answer_as_stale(
    training,
):
    first = training.ask()
    training.busy = True
    training.now = 10.0
    second = training.ask()
    assert shares(second) == shares(first) and all(answer.is_stale for answer in second)
    assert training.ask() == second and training.waits[1:] == [LIVE_WAIT]
    training.busy = False
    training.now = 11.0
    assert training.ask() == first


def test_stored_weights_answer_for_a_resumed_run_whose_worker_is_busy_or_has_not_trained(
    training,
):
    training.store(seed=3)
    training.busy = True
    late = training.ask()
    assert all(answer.is_stale for answer in late) and training.waits == [LIVE_WAIT]
    training.busy, training.weights, training.now = False, random_weights(SETTINGS, 3), 5.0
    assert np.allclose(shares(training.ask()), shares(late))
    training.weights = None
    training.now = 9.0
    assert not any(answer.is_stale for answer in training.ask())


def test_a_run_without_any_weights_is_waited_for_and_has_no_answer(training):
    training.busy = True
    with refused("no_weights_yet"):
        training.ask()
    training.busy = False
    training.weights = None
    with refused("no_weights_yet"):
        training.ask()
    assert training.waits == [FIRST_WAIT, FIRST_WAIT]


def test_images_of_another_type_or_shape_are_refused(scripted_engine):
    token = new_visitor(scripted_engine)
    for images in ([], [np.zeros((28, 28))], [np.zeros((27, 28), np.uint8)]):
        with refused("bad_image"):
            scripted_engine.answers.classify_images(token, "mnist", images)


def test_the_worker_is_asked_for_a_glimpse_at_most_twice_a_second(training):
    first = training.glimpses.latest_glimpse(training.run)
    training.weights = random_weights(SETTINGS, 2)
    training.now = 0.9 * PAUSE
    assert training.glimpses.latest_glimpse(training.run) is first and len(training.waits) == 1
    training.now = PAUSE
    assert not np.array_equal(
        training.glimpses.latest_glimpse(training.run).line_strengths, first.line_strengths
    )


def test_a_busy_worker_leaves_the_previous_glimpse_and_a_run_without_weights_has_none(training):
    training.busy = True
    assert training.glimpses.latest_glimpse(training.run) is None
    training.busy = False
    training.weights = None
    assert training.glimpses.latest_glimpse(training.run) is None
    training.weights = random_weights(SETTINGS, 1)
    first = training.glimpses.latest_glimpse(training.run)
    training.busy = True
    training.now = 10.0
    assert training.glimpses.latest_glimpse(training.run) is first


def test_a_run_that_has_halted_has_the_glimpse_of_its_checkpoint(training):
    first = training.glimpses.latest_glimpse(training.run)
    training.run.worker_address = None
    training.run.record = RunRecord("run", 1, SETTINGS, "paused")
    # The last glimpse (a few weights) stays until the paused run's state is stored.
    assert training.glimpses.latest_glimpse(training.run) is first
    training.store(seed=3)
    halted = training.glimpses.latest_glimpse(training.run)
    assert np.array_equal(
        halted.line_strengths, take_weight_glimpse(random_weights(SETTINGS, 3)).line_strengths
    )
    assert training.glimpses.latest_glimpse(training.run) is halted and len(training.waits) == 1
