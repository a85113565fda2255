"""The real engine without processes and threads, with simulated workers.

The workers emit a made-up learning curve, one block each time a test asks for a block.
"""

import json
import math
import os
import zipfile
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import asdict, replace
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from time import time
from typing import Self

import numpy as np

from fvapp.core.checkpoint import Checkpoint, TrainingEnd
from fvapp.core.datasets import DATASETS
from fvapp.core.events import BlockEnded, EpochEnded, Event, RunStarted
from fvapp.core.examples import ExampleSet
from fvapp.core.inspection.answering import load_shipped_model
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.frames import frames_to_bytes, make_weights_frame, plan_frame_steps
from fvapp.core.inspection.glimpse import take_weight_glimpse
from fvapp.core.inspection.network import Network
from fvapp.core.inspection.questions import (
    Question,
    answer_question,
    make_numpy_feature_extractor,
    question_from_plain,
)
from fvapp.core.places import AppFolders
from fvapp.core.runs import RunPosition, RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters
from fvapp.core.teaching import TaughtExample, TeachingOutcome
from fvapp.engine.answers import inspecting
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.inbox import Inbox, SchedulerConnected, WorkerGone, WorkerJoined
from fvapp.engine.runs.engine_state import WorkerState
from fvapp.engine.timing import DEFAULT_TIMING
from fvapp.engine.workers import protocol
from fvapp.engine.workers.connection import WorkerConnection
from fvapp.engine.workers.protocol import (
    CheckpointSaved,
    EvaluationBegun,
    EventEmitted,
    Message,
    TrainingOrder,
    array_to_plain,
    reply_ok,
)
from random_networks import random_weights, weight_shapes, weights_of_shapes
from refusal import refused as refused

BLOCKS = 6  # blocks in an epoch
OWN_IMAGES = 18  # training images in every visitor's own data set, whatever was drawn
WORKERS = ("one", "two")  # names of the workers, and also their addresses
VERSIONS = {"python": "3", "keras": "3", "tensorflow": "2", "numpy": "2"}
RATES = ("TEACHINGS_A_MINUTE", "IMPORTS_A_MINUTE")
# The clock stands still, so a minute never ends; the limits per minute must be high.
SPARE = {f"FVAPP_LIMIT_{rate}": "1000" for rate in RATES}


class Visitor(str):
    """A visitor's token, with shorthand methods for the visitor's most frequent requests."""

    engine: EmbeddedEngine

    def submit(self, settings: RunSettings, **options: object) -> RunRecord:
        """Submit a run, and return its record."""
        (record,) = self.engine.runs.submit_runs(self, [settings], **options)
        return record

    def run(self, run_id: str) -> RunRecord:
        return self.engine.runs.get_run(self, run_id)

    def runs(self) -> tuple[RunRecord, ...]:
        return self.engine.runs.list_runs(self)

    def events(self, run_id: str) -> tuple[Event, ...]:
        return self.engine.runs.read_events(self, run_id)[0]


def new_visitor(engine: EmbeddedEngine) -> Visitor:
    visitor = Visitor(engine.workspaces.enter_workspace(None).token)
    visitor.engine = engine
    return visitor


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def skip(self, seconds: float) -> None:
        self.now += seconds


class ScriptedEngine(EmbeddedEngine):
    """The engine with all work done by the caller: when a call returns, its work has finished.

    Attributes:
        workers: the simulated workers, through which a test sends messages and sees requests.
        clock: stands still until a test moves it.
        set_by: seconds by which somebody has changed the computer's clock, which advances with
            `clock`.
    """

    def __init__(self, home: Path, set_by: float = 0.0, **environ: str) -> None:
        self.clock, inbox = Clock(), _Prompt()
        self.set_by, since = set_by, time() - self.clock()
        self.workers = Workers(inbox)
        environ = {"FVAPP_HOME": str(home), "FVAPP_WORKERS": str(len(WORKERS)), **SPARE, **environ}
        clocks = {
            "clock": self.clock,
            "wall_clock": lambda: since + self.clock() + self.set_by,
            "steady": self.clock,
        }
        super().__init__(
            environ, **clocks, inbox=inbox, helpers=_Here(), supervise=self.workers.serve
        )
        inbox.step = self.step

    def start(self) -> None:
        if not self.workers.started:
            self.workers.started = True
            self._dispatcher.schedule_processes_start()
            self.skip(DEFAULT_TIMING.check_interval_seconds)

    def step(self, *messages: Message) -> None:
        """Let the engine's loop run once with these messages."""
        self._dispatcher.handle_messages(messages)

    def skip(self, seconds: float) -> None:
        """Set the clock forward, and let the engine's loop run once."""
        self.clock.skip(seconds)
        self.step()

    def advance(self, blocks: int = 1) -> None:
        """Let every training run advance by some blocks."""
        for _ in range(blocks):
            for training in self.workers.training():
                self.workers.train_block(training)

    def finish(self) -> None:
        """Let all runs train to their ends."""
        while self.workers.training():
            self.advance()

    def lose(self, run_id: str) -> None:
        """Let the worker of a run die, and a new worker replace it."""
        (address,) = (
            training.address for training in self.workers.training() if training.order.run == run_id
        )
        self.workers.die(address)
        self.workers.come(address)


class _Prompt(Inbox):
    """An inbox whose messages are handled as soon as they are posted."""

    def __init__(self) -> None:
        super().__init__()
        self.step = None
        self._reading = False

    def post_message(self, message: Message) -> None:
        super().post_message(message)
        if self.step is None or self._reading:
            return
        self._reading = True
        try:
            while messages := self.wait_for_messages(0):
                self.step(*messages)
        finally:
            self._reading = False


class _Here(Executor):
    """An executor that does its work at once, in the calling thread."""

    def submit(self, work, /, *args, **kwargs) -> Future:
        done = Future()
        done.set_result(work(*args, **kwargs))
        return done


class LostTask(Future):
    """The future of a task whose worker is gone."""

    status = "error"

    def release(self) -> None:
        """Do nothing, as there is nothing to release."""

    def result(self, timeout: float | None = None) -> None:
        raise OSError("its worker is gone")


class Training(Future):
    """A training order that a worker has accepted; it takes the place of Dask's future."""

    def __init__(self, order: TrainingOrder, address: str, seed: int) -> None:
        super().__init__()
        self.order = order
        self.address = address
        self.epoch, self.steps_done = order.resume_position or RunPosition()
        self.weights: Sequence[np.ndarray] = ()
        self._seed = seed
        self._end = random_weights(order.settings, seed)

    @property
    def status(self) -> str:
        return "error" if self.exception() else "finished"

    def release(self) -> None:
        """Do nothing, as there is nothing to release."""

    def begin(self) -> RunStarted:
        settings = self.order.settings
        images = settings.train_images or DATASETS[settings.dataset].train_images or OWN_IMAGES
        validation = int(images * settings.validation_split)
        self.steps = math.ceil((images - validation) / settings.batch_size)
        return RunStarted(
            count_parameters(settings),
            images - validation,
            validation,
            self.steps,
            self.order.epochs,
        )

    def go_on(self) -> list[Event]:
        """Train a block, and return its events."""
        self.weights = self._end
        step = min(self.steps_done + math.ceil(self.steps / BLOCKS), self.steps)
        numbers = self.numbers(self.epoch + step / self.steps)
        self.steps_done = step % self.steps
        block = BlockEnded(self.epoch + 1, step, **numbers)
        if self.steps_done:
            return [block]
        self.epoch += 1
        validation = {"val_loss": None, "val_accuracy": None}
        if self.order.settings.validation_split:
            validation = {
                "val_loss": numbers["loss"] + 0.04,
                "val_accuracy": numbers["accuracy"] - 0.02,
            }
        return [block, EpochEnded(self.epoch, **numbers, **validation, seconds=0.4)]

    def numbers(self, epochs: float) -> dict[str, float]:
        """Return a loss that falls and an accuracy that rises with the epochs.

        Both vary a little with the seed.
        """
        wave = 0.01 * math.sin(7 * epochs + self.order.settings.seed)
        return {
            "loss": 0.25 + 0.9 / (1 + 3 * epochs) + wave,
            "accuracy": 0.92 - 0.35 / (1 + 3 * epochs) - wave,
        }

    def checkpoint(self) -> bytes:
        return Checkpoint(self.weights, (), 0, self.epoch, self.steps_done).to_bytes()

    def frames(self) -> bytes | None:
        settings = self.order.settings
        if not plan_frame_steps(count_parameters(settings), self.steps, settings.epochs):
            return None
        return film(weight_shapes(settings), self._seed)

    def end(self, state: str) -> TrainingEnd:
        result = None
        if state != "paused":
            numbers = self.numbers(self.epoch + 0.5)
            accuracy = numbers["accuracy"] - 0.015
            result = RunResult(numbers["loss"] + 0.05, accuracy, 0.4 * (self.epoch or 1))
            result = replace(result, by_class=by_class(accuracy, self.order.settings.class_count))
            if self.order.settings.marked_class != "none":
                result = replace(result, marked_accuracy=accuracy / 2, marked_taken=0.3)
        return TrainingEnd(
            state,
            self.checkpoint(),
            self.frames(),
            RunPosition(self.epoch, self.steps_done),
            result,
        )


@lru_cache(64)
def film(shapes: tuple[tuple[int, ...], ...], seed: int) -> bytes:
    """Return a film (weight snapshots) of a network, which ends with the weights of a seed."""
    ways = [*zip(weights_of_shapes(shapes, 0), weights_of_shapes(shapes, seed), strict=True)]
    steps = ((0, 0.0), (1, 0.1), (3, 0.3), (7, 0.6))
    return frames_to_bytes(
        [
            make_weights_frame(step, 0, [(1 - part) * first + part * last for first, last in ways])
            for step, part in steps
        ]
    )


def by_class(accuracy: float, classes: int = 10) -> tuple[tuple[int, int], ...]:
    """Return, for each class, the numbers of correctly classified and of all test images."""
    return ((round(1_000 * accuracy), 1_000),) * classes


class Workers:
    """Simulates the supervisor, its greeter, Dask's client and all workers.

    Attributes:
        names: names of the workers that start at once; processes: number of processes that the
            supervisor has started.
        mb: memory of each worker, by address; silent: seconds since each was last heard.
        asked: requests to the supervisor, such as ``("kill", address)``.
        deaf: whether requests to runs are only recorded in `heard`, and not followed.
        heard: requests to runs, as (run, requested state).
        dies: whether a worker dies when it should teach; taught: the teaching requests.
    """

    status = "running"

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._connection = None
        self.greeter = self
        self.started = self.deaf = self.dies = False
        self.taught: list[dict[str, object]] = []
        self.names, self.processes = WORKERS, len(WORKERS)
        self.mb: dict[str, float] = {}
        self.silent: dict[str, float] = {}
        self.asked: list[tuple[str, str]] = []
        self.heard: list[tuple[str, str]] = []
        self._orders: dict[str, Training] = {}  # the latest run of each worker, by address
        self._taken = 0

    # Methods that tests call

    def come(
        self,
        address: str,
        name: str | None = None,
        warm: bool = True,
        pc: str = "",
        speed: float = 2.0,
    ) -> None:
        self._inbox.post_message(
            WorkerJoined(WorkerState(address, name or address, warm, VERSIONS, pc, 4, speed))
        )

    def die(self, address: str) -> None:
        self._orders.pop(address, None)
        self._inbox.post_message(WorkerGone(address))

    def training(self) -> list[Training]:
        return [training for training in self._orders.values() if not training.done()]

    def train_block(self, training: Training) -> None:
        """Train a block of a run, and end the run after its last epoch."""
        for event in training.go_on():
            self._tell(training, event)
        self._inbox.post_message(CheckpointSaved(training.order.run, training.order.attempt))
        if training.epoch >= training.order.epochs and not training.done():
            self._end(training, "done")

    def measure(self, training: Training) -> None:
        """Report that a run is being evaluated on the test images."""
        self._inbox.post_message(EvaluationBegun(training.order.run, training.order.attempt))

    # Methods that the engine calls on its supervisor

    def serve(self, connection: WorkerConnection, *_: object) -> Self:
        self._connection = connection
        return self

    def start_processes(self) -> None:
        self._connection.client = self
        self._inbox.post_message(SchedulerConnected())
        for name in self.names:
            self.come(name)

    def check_processes(self) -> None:
        """Do nothing, because the simulated supervisor has no processes."""

    def end_processes(self) -> None:
        self._connection.client = None

    def count_local_workers(self) -> int:
        return self.processes

    def start_another_worker(self) -> None:
        self.processes += 1
        self.asked.append(("start", "another"))

    def retire_worker(self, address: str) -> None:
        self.processes -= 1
        self.asked.append(("retire", address))

    def greet_worker(self, address: str) -> None:
        self.asked.append(("greet", address))

    def kill_worker(self, address: str) -> None:
        self.asked.append(("kill", address))

    def dismiss_worker(self, address: str) -> None:
        self.asked.append(("dismiss", address))

    def worker_silence_seconds(self, address: str) -> float:
        return self.silent.get(address, 0.0)

    def worker_memory_mb(self, address: str) -> float | None:
        return self.mb.get(address)

    def start_successor(self, address: str) -> str:
        self.asked.append(("start", address))
        return "successor"

    # Methods that the engine calls on Dask's client

    def submit(
        self, function: object, order: TrainingOrder, *, workers: Sequence[str], **options: object
    ) -> Training:
        (address,) = workers
        self._taken += 1
        training = self._orders[address] = Training(order, address, self._taken)
        self._tell(training, training.begin())
        return training

    def sync(self, ask, callback_timeout: float) -> object:
        question: Coroutine = ask()
        try:
            question.send(None)
        except StopIteration as answered:
            return answered.value
        raise AssertionError("a scripted worker answers at once")

    def rpc(self, address: str) -> "_Desk":
        return _Desk(self, address)

    def answer(self, address: str, command: str, **values: object) -> object:
        return getattr(self, f"_{command}")(self._orders.get(address), **values)

    # Commands of the workers, as in ``fvapp.worker.plugin.WorkerService``

    def _request(self, training: Training, run: str, attempt: int, requested: str) -> None:
        self.heard.append((run, requested))
        if (
            self.deaf
            or training is None
            or (training.order.run, training.order.attempt) != (run, attempt)
        ):
            return
        if not training.weights and not training.done():  # the first block is not finished yet
            self.train_block(training)
        if not training.done():
            self._end(training, "stopped" if requested == "stop" else "paused")

    def _bring(self, training: Training | None, run: str, **files: bytes | None) -> None:
        """Do nothing, because a simulated worker trains without files."""

    def _checkpoint(self, training: Training, run: str) -> tuple[object, ...]:
        return training.checkpoint(), training.epoch, training.steps_done, training.frames()

    def _result(self, training: Training | None, run: str, attempt: int) -> object:
        if training is None or (training.order.run, training.order.attempt) != (run, attempt):
            raise OSError("the worker is gone")
        return protocol.result_to_plain(training.result())

    def _weights(self, training: Training, run: str) -> list[dict[str, object]] | None:
        return [array_to_plain(weight) for weight in training.weights] or None

    def _glimpse(self, training: Training, run: str) -> list[dict[str, object]] | None:
        if not training.weights:
            return None
        glimpse = take_weight_glimpse(training.weights)
        return [array_to_plain(glimpse.weight_pictures), array_to_plain(glimpse.line_strengths)]

    def _start_kernel(
        self, training: Training | None, settings: Mapping[str, object]
    ) -> dict[str, object]:
        return array_to_plain(random_weights(RunSettings.from_json(settings))[0])

    def _model_file(
        self, training: Training | None, settings: Mapping[str, object], checkpoint: bytes
    ) -> bytes:
        file = BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("config.json", json.dumps(settings))
        return file.getvalue()

    def _teach(
        self, training, settings, checkpoint, temperature, ids, taught, others, mixed
    ) -> dict[str, object]:
        """Return random weights, as if they had learned the examples and forgotten a class."""
        self.taught.append(
            {"ids": ids, "mixed": mixed, "temperature": temperature, "others": others}
        )
        if self.dies:
            raise OSError("the worker is gone")
        known = RunSettings.from_json(settings)
        labels = ExampleSet.from_bytes(taught, known.dataset_info).labels.tolist()
        pairs = zip(ids, labels, strict=True)
        examples = [
            TaughtExample(example, label, (label + 1) % known.class_count, label, 0.1, 0.95)
            for example, label in pairs
        ]
        count = len(ExampleSet.from_bytes(others, known.dataset_info).labels)
        outcome = TeachingOutcome(3, tuple(examples), count, 0, count, 0.9, 1_000, 10, (5, 7), (9,))
        result = RunResult(
            0.5,
            0.8,
            0.02,
            temperature=temperature,
            by_class=((0, 1_000), *by_class(0.9, known.class_count)[1:]),
        )
        weights = Checkpoint(random_weights(known, 99), (), 0, 0, 0).to_bytes()
        return {"checkpoint": weights, "outcome": asdict(outcome), "result": asdict(result)}

    def _inspect(
        self, training, model: str, version: str, question, **brought
    ) -> dict[str, object] | None:
        asked = question_from_plain(question)
        if version == "shipped":
            return array_to_plain(_of_shipped(model, asked))
        if not brought:
            return None
        settings = RunSettings.from_json(brought["settings"])
        network = network_of_run(settings, Checkpoint.weights_from_bytes(brought["checkpoint"]))
        return array_to_plain(_answer(asked, network, settings.dataset))

    def _tell(self, training: Training, event: Event) -> None:
        self._inbox.post_message(EventEmitted(training.order.run, training.order.attempt, event))

    def _end(self, training: Training, state: str) -> None:
        training.set_result(training.end(state))


class _Desk:
    """A worker's address with its commands, as Dask's client provides them."""

    def __init__(self, workers: Workers, address: str) -> None:
        self._workers = workers
        self._address = address

    async def fvapp(self, command: str, **values: object) -> Mapping[str, object]:
        return reply_ok(self._workers.answer(self._address, command, **values))


# Cached because thousands of images take seconds, and all tests of Look inside use the same ones.
@cache
def _of_shipped(name: str, question: Question) -> np.ndarray:
    return _answer(question, load_shipped_model(name).network, name)


def _answer(question: Question, network: Network, dataset: str) -> np.ndarray:
    images = inspecting.load_dataset(dataset, AppFolders.from_environ(os.environ))
    return answer_question(question, make_numpy_feature_extractor(network), images)
