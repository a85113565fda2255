"""The networks of runs and of shipped models, decoded in this process: their answers, and what is inside them.

What concerns a few images needs no worker: NumPy answers in less than a millisecond, also while all workers train.
Questions about thousands of images go to a worker where there are convolutions, which TensorFlow has three times as
fast, and are answered here otherwise.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.checkpoint import Checkpoint
from fvapp.core.datasets import DATASETS, Dataset, load_dataset
from fvapp.core.datasets.own import own_dataset
from fvapp.core.errors import EngineError
from fvapp.core.inspection import questions as asking
from fvapp.core.inspection.answering import answer_images, load_shipped
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.frames import Frame, frames_from_bytes
from fvapp.core.inspection.network import Network, logits_of_all
from fvapp.core.inspection.questions import Question
from fvapp.core.places import Places
from fvapp.core.runs import Position
from fvapp.core.stack import IMAGE_SHAPE
from fvapp.engine.answers.byte_cache import ByteCache
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.runs.taken import Taken
from fvapp.engine.turns import aside
from fvapp.engine.workers.connection import Connection, Unreachable
from fvapp.engine.workers.protocol import array_from_plain

MOST_BYTES = 32 * 2**20
"""For networks and answers cached for all visitors: 80 of the notebook's networks."""

LIVE_SECONDS = 1.0
"""The age at which weights of a run in training are fetched again: 407 kB for the notebook's network."""

LIVE_WAIT = 0.5
"""Seconds to wait for them. A busy worker answers later, and the previous ones are used until then."""

FIRST_WAIT = 5.0
"""Seconds to wait for them where there are no previous ones."""

ANSWER_SECONDS = 20.0
FILE_SECONDS = 30.0
TURN_SECONDS = 20.0

_AT_ONCE = 4  # networks whose test images are made ready together; the widest are 7 MB each


@dataclass(frozen=True)
class _Live:
    """The network of a run in training.

    Attributes:
        at: when its worker was asked for it.
        stale: whether the worker did not answer in time, so that these are earlier weights.
    """

    network: Network
    at: float
    stale: bool

    @property
    def nbytes(self) -> int:
        return self.network.nbytes


class Inspecting:
    """Answers with the runs of visitors and the shipped models, and looks inside them."""

    def __init__(self, board: Board, connection: Connection, places: Places, taken: Taken) -> None:
        self._board, self._journal, self._connection, self._taken = board, board.journal, connection, taken
        self._places, self._limits = places, board.limits
        self._cache = ByteCache(MOST_BYTES)
        self._datasets: dict[str, Dataset] = {}
        self._test_images: dict[str, frozenset[int]] = {}  # hashes, by data set
        self._asked: Counter[str] = Counter()  # questions being answered, by workspace
        self._turns = threading.BoundedSemaphore(self._limits.inspections_all)
        # A script can open hundreds of workspaces in which nothing has ended yet: of these, half of the turns.
        self._turns_of_new = threading.BoundedSemaphore(max(1, self._limits.inspections_all // 2))
        self._lock = threading.Lock()

    def network(self, model: Run | str) -> Network:
        """Return the network of a run, or of the model shipped for a data set.

        Raises:
            EngineError: ``no_model``: the run has no weights; or the store's.
            ModelError: the weights are not what they should be.
        """
        return self._current(model)[0]

    def classify(self, model: Run | str, images: Sequence[object]) -> tuple[Answer, ...]:
        """Return what a model says about images; while it is training, with its current weights.

        Args:
            images: ``uint8`` arrays [28, 28].

        Returns:
            An answer for each image.

        Raises:
            EngineError: ``bad_image``; ``hunt_sealed``; as :meth:`network`.
            ModelError: also where the network has no output for one of the classes.
        """
        pixels = np.asarray(images)
        if pixels.dtype != np.uint8 or pixels.shape[1:] != IMAGE_SHAPE:
            raise EngineError("bad_image")
        if not isinstance(model, str) and model.sealed and not self._tests(model).isdisjoint(map(_pixels, pixels)):
            raise EngineError("hunt_sealed")
        network, stale = self._current(model)
        return answer_images(network, pixels, _dataset(model), stale)

    def model_file(self, run: Run) -> bytes:
        """Return the model of a run as the bytes of a ``.keras`` file.

        Raises:
            EngineError: ``no_model``, ``not_ready``; or the store's.
        """
        values = {"settings": run.record.settings.to_json(), "checkpoint": self.checkpoint(run)}
        return self._ask_any("model_file", seconds=FILE_SECONDS, **values)

    def checkpoint(self, run: Run) -> bytes:
        """Return what a run can go on from.

        Raises:
            EngineError: ``no_model``; or the store's.
        """
        checkpoint = self._journal.checkpoint(run.record.id)
        if checkpoint is None:
            raise EngineError("no_model")
        return checkpoint

    def start_kernel(self, run: Run) -> np.ndarray | None:
        """Return the initial weights of the first layer of a run, or None if no worker can compute them now.

        They come from its seed, as Keras draws them.
        """
        settings = run.record.settings
        key = ("start", settings.network, settings.hidden[:1], settings.output_units, settings.seed)
        found = self._cache.get(key)
        if found is None:
            try:
                found = array_from_plain(self._ask_any("start_kernel", settings=settings.to_json()))
            except EngineError:
                return None
            self._cache.put(key, found)
        return found

    def frames(self, run: Run) -> tuple[Frame, ...]:
        """Return the stored frames of a run in order; there are none for an old or a very wide one."""
        content = self._journal.frames(run.record.id)
        return frames_from_bytes(content) if content else ()

    def answer(self, workspace: OpenWorkspace, model: Run | str, question: Question) -> np.ndarray:
        """Answer a question about a data set; repeating it costs nothing.

        Raises:
            EngineError: ``still_trains``, ``limit_inspections``, ``limit_inspections_all``; as :meth:`network`.
        """
        if not isinstance(model, str) and model.record.state == "running":
            raise EngineError("still_trains")
        network = self.network(model)
        key = (_name(model), _version(model), question)
        found = self._cache.get(key)
        if found is not None:
            return found
        with self.turn(workspace):
            return self._cache.get_or_make(key, lambda: self._make(model, network, question))

    def test_logits(self, runs: Sequence[Run]) -> tuple[Iterator[np.ndarray], np.ndarray]:
        """Return the logits of runs of one data set for all test images, and what these are, [n].

        They are found as they are asked for, and not kept for another question: those of a class are 12 MB.

        Returns:
            float32 [n, classes] of each run; the labels.

        Raises:
            EngineError, ModelError: as :meth:`answer`, the first of them once the logits are asked for.
        """
        data = self.dataset(runs[0])
        few = (runs[begin : begin + _AT_ONCE] for begin in range(0, len(runs), _AT_ONCE))
        return (logits for some in few for logits in self._logits_of(some, data)), data.y_test

    def dataset(self, model: Run | str) -> Dataset:
        """Return the data set of a model; of an own one the images that the run learned from.

        Raises:
            EngineError: ``examples_gone``.
        """
        name = _dataset(model)
        if DATASETS[name].own:
            with self._board.lock:
                taken = self._taken.of(model)
            return own_dataset(name, taken)
        if name not in self._datasets:
            self._datasets[name] = load_dataset(name, self._places)
        return self._datasets[name]

    # Inside

    def _logits_of(self, runs: Sequence[Run], data: Dataset) -> Iterator[np.ndarray]:
        networks = [self.network(run) for run in runs]
        alone = iter(logits_of_all([each for each in networks if not each.convolutional], data.x_test))
        questions = [asking.TestLogits(len(data.x_test), begin) for begin in range(0, len(data.x_test), asking.CHUNK)]
        for run, network in zip(runs, networks, strict=True):
            if network.convolutional:
                yield np.concatenate([self._make(run, network, question) for question in questions])
            else:
                yield next(alone)

    def _current(self, model: Run | str) -> tuple[Network, bool]:
        """Return the network of a model, of a run in training at most a second old, and whether it is stale."""
        if isinstance(model, str):
            return load_shipped(model).network, False
        with self._board.lock:
            address = model.address if model.trains else None
        if address is None:
            return self._kept(model), False
        key = (model.record.id, "live")
        live, now = self._cache.get(key), self._board.clock()
        if live is None or now - live.at >= LIVE_SECONDS:
            live = self._fetch(model, address, live, now)
            self._cache.put(key, live)
        return live.network, live.stale

    def _fetch(self, run: Run, address: str, before: _Live | None, now: float) -> _Live:
        """Ask the worker that trains a run for its weights; where it has none now, earlier ones do."""
        stale, weights = False, None
        seconds = LIVE_WAIT if before or run.checkpoint_at else FIRST_WAIT
        try:
            weights = self._connection.call(address, "weights", run=run.record.id, seconds=seconds)
        except (Unreachable, EngineError):
            stale = True
        if weights is None:
            return _Live(before.network if before else self._kept(run), now, stale)
        return _Live(network_of_run(run.record.settings, [array_from_plain(each) for each in weights]), now, stale)

    def _kept(self, run: Run) -> Network:
        if run.checkpoint_at is None:
            raise EngineError("no_weights_yet" if run.record.state == "running" else "no_model")
        temperature = run.record.result.temperature if run.record.result else 1.0

        def make() -> Network:
            weights = Checkpoint.weights_from_bytes(self.checkpoint(run))
            return network_of_run(run.record.settings, weights, temperature)

        return self._cache.get_or_make((run.record.id, _version(run), temperature), make)

    def _make(self, model: Run | str, network: Network, question: Question) -> np.ndarray:
        if network.convolutional and not DATASETS[_dataset(model)].own:  # an own data set is a few hundred images
            try:
                return self._ask_worker(model, question)
            except EngineError:
                if not isinstance(question, asking.CoveredLogits):  # a few hundred images; the others are thousands
                    raise
        return asking.answer_question(question, asking.look_at(network), self.dataset(model))

    def _ask_worker(self, model: Run | str, question: Question) -> np.ndarray:
        """Return a worker's answer, sending it the weights if it does not have them."""
        values = {"model": _name(model), "version": _version(model), "question": asking.question_to_plain(question)}
        answer = self._ask_any("inspect", **values)
        if answer is None and not isinstance(model, str):
            record = model.record
            brought = {"settings": record.settings.to_json(), "checkpoint": self.checkpoint(model)}
            answer = self._ask_any("inspect", **values, **brought)
        return array_from_plain(answer)

    def _ask_any(self, command: str, *, seconds: float = ANSWER_SECONDS, **values: object) -> object:
        """Return the answer of the first worker that has one; the idle and warm ones are asked first.

        Raises:
            EngineError: what the last one that answered said; ``not_ready``: none does.
        """
        with self._board.lock:
            self._board.need_worker()
            workers = sorted(self._board.workers.values(), key=lambda each: (each.run is not None, not each.warm))
        trouble = EngineError("not_ready")
        for worker in workers:
            try:
                return self._connection.call(worker.address, command, seconds=seconds, **values)
            except Unreachable:
                continue
            except EngineError as error:
                trouble = error
        raise trouble

    def _tests(self, run: Run) -> frozenset[int]:
        """Return hashes of the test images of a run: its answers to all of them are its accuracy."""
        name = run.record.settings.dataset
        if name not in self._test_images:
            self._test_images[name] = frozenset(map(_pixels, self.dataset(run).x_test))
        return self._test_images[name]

    @contextmanager
    def turn(self, workspace: OpenWorkspace) -> Iterator[None]:
        """Wait for a turn, because only a few questions are answered at the same time.

        Raises:
            EngineError: ``limit_inspections``, ``limit_inspections_all``.
        """
        key = workspace.id
        with self._lock:
            if self._asked[key] >= self._limits.inspections:
                raise EngineError("limit_inspections", most=self._limits.inspections)
            self._asked[key] += 1
        try:
            with ExitStack() as taken:
                for turns in (self._turns_of_new, self._turns) if workspace.newcomer else (self._turns,):
                    with aside():
                        acquired = turns.acquire(timeout=TURN_SECONDS)
                    if not acquired:
                        raise EngineError("limit_inspections_all")
                    taken.callback(turns.release)
                yield
        finally:
            with self._lock:
                self._asked[key] -= 1
                if not self._asked[key]:
                    del self._asked[key]


def _pixels(image: np.ndarray) -> int:
    return hash(image.tobytes())


def _name(model: Run | str) -> str:
    return model if isinstance(model, str) else model.record.id


def _dataset(model: Run | str) -> str:
    return model if isinstance(model, str) else model.record.settings.dataset


def _version(model: Run | str) -> str:
    return "shipped" if isinstance(model, str) else "{}-{}".format(*model.checkpoint_at or Position())
