"""Runs in each worker process: trains what it is told, and answers while it trains.

Preloaded by ``dask worker`` (``--preload fvapp.worker.plugin``), on this machine and on others: a machine without the
package then refuses to start. Keras is imported before the worker joins, because loading its libraries stops the
process for seconds, in which the scheduler would think it frozen.
"""

from __future__ import annotations

import os
import platform
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from math import prod
from typing import TYPE_CHECKING

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.datasets import Dataset, load_dataset
from fvapp.core.errors import EngineError, FvappError
from fvapp.core.layers import IMAGE_SHAPE
from fvapp.core.places import Places
from fvapp.core.runs import Event
from fvapp.core.settings import RunSettings
from fvapp.engine.processes.memory import settle_process, tidy
from fvapp.engine.workers.protocol import HANDLER, TOPIC, refused, told
from fvapp.learn.answers import answer_shipped, answer_with
from fvapp.learn.build import export_keras, initial_weights
from fvapp.learn.inspection import look_shipped, look_with
from fvapp.learn.training import Outcome, train, warm_up
from fvapp.worker.inspection import Inspections, plain_array
from fvapp.worker.models import Answering
from fvapp.worker.thinning import Thinner

if TYPE_CHECKING:
    from distributed import Worker

FIRST_ASKED = ("mnist", "fashion_mnist")  # people draw digits
NICENESS = 10  # of trainings, so that answers and messages come first


def dask_setup(worker: Worker) -> None:
    """Install the desk in a worker that starts, and begin to warm up."""
    settle_process()
    worker.fvapp = desk = Desk(worker)
    worker.handlers[HANDLER] = desk.handle
    threading.Thread(target=desk.warm_up, name="fvapp-warm-up", daemon=True).start()


class Desk:
    """Where a worker takes orders: one training at a time in Dask's task thread, everything else beside it."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._places = Places.from_environ(os.environ)
        self._datasets: dict[str, Dataset] = {}
        self._training = threading.Lock()  # one program compiles or trains at a time
        # A wish may come before the run has begun here, so it is kept by run and attempt.
        self._wishes: dict[tuple[str, int], str] = {}
        self._saved: dict[str, tuple[bytes, int, int]] = {}  # last checkpoint of the run that trains
        self._frames: dict[str, bytes] = {}  # of its film, where the server does not have the newest
        self._brought: dict[str, tuple[bytes, bytes | None]] = {}  # checkpoints and frames to go on from
        self._answering = Answering(answer_with, answer_shipped)
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="fvapp-answer")
        self._inspections = Inspections(look_with, look_shipped, self._dataset)
        # One thread of its own, that gives way: a drawing's answer never waits for questions about a whole data set.
        self._inspecting = ThreadPoolExecutor(1, thread_name_prefix="fvapp-inspect", initializer=_be_nice)
        self._warm = threading.Event()

    def warm_up(self) -> None:
        """Load the data and compile what the first click and the first drawing need."""
        with self._training:
            _be_nice()
            settings = RunSettings()
            warm_up([self._dataset(settings.dataset)], [settings])
            self._warm.set()
        self._worker.log_event(TOPIC, (self._worker.address, "warm", "", 0, None))
        for dataset in FIRST_ASKED:
            try:
                self._answering.classify(dataset, "shipped", bytes(prod(IMAGE_SHAPE)))
            except FvappError:
                continue  # said to whoever asks

    # Messages

    async def handle(self, command: str, **values: object) -> dict[str, object]:
        """Answer one message of the server; see :mod:`fvapp.engine.workers.protocol`."""
        try:
            if command in ("classify", "model_file", "weights", "inspect", "start_kernel"):
                work = partial(getattr(self, f"_{command}"), **values)
                pool = self._inspecting if command in ("inspect", "start_kernel") else self._pool
                return told(await self._worker.loop.run_in_executor(pool, work))
            if command in ("hello", "wish", "bring", "checkpoint"):
                return told(getattr(self, f"_{command}")(**values))
            raise EngineError("not_now")
        except FvappError as error:
            return refused(error)

    def _hello(self) -> dict[str, object]:
        packages = ("keras", "tensorflow", "numpy", "distributed")
        versions = {"python": platform.python_version()} | {name: _version(name) for name in packages}
        return {"name": str(self._worker.name), "versions": versions, "warm": self._warm.is_set()}

    def _wish(self, run: str, attempt: int, wish: str) -> None:
        self._wishes[run, attempt] = wish

    def _bring(self, run: str, checkpoint: bytes, frames: bytes | None) -> None:
        self._brought[run] = checkpoint, frames

    def _checkpoint(self, run: str) -> tuple[bytes, int, int, bytes | None] | None:
        saved = self._saved.get(run)
        return (*saved, self._frames.pop(run, None)) if saved else None

    def _classify(
        self,
        model: str,
        version: str,
        pixels: bytes,
        settings: Mapping[str, object] | None = None,
        checkpoint: bytes | None = None,
        temperature: float = 1.0,
    ) -> list[dict[str, object]] | None:
        if checkpoint is not None:
            weights = Checkpoint.from_bytes(checkpoint).weights
            self._answering.keep(model, version, RunSettings.from_json(settings), weights, temperature)
        return self._answering.classify(model, version, pixels)

    def _model_file(self, settings: Mapping[str, object], checkpoint: bytes) -> bytes:
        return export_keras(RunSettings.from_json(settings), Checkpoint.from_bytes(checkpoint).weights)

    # Inside a network

    def _weights(self, run: str) -> list[dict[str, object]] | None:
        """Return the weights of a run that trains here, as they stand at a block's end."""
        weights = self._answering.live_weights(run)
        return None if weights is None else [plain_array(weight) for weight in weights]

    def _start_kernel(self, settings: Mapping[str, object]) -> dict[str, object]:
        """Return the first weights of the first layer of a run."""
        return plain_array(initial_weights(RunSettings.from_json(settings))[0])

    def _inspect(
        self,
        model: str,
        version: str,
        question: Mapping[str, object],
        settings: Mapping[str, object] | None = None,
        checkpoint: bytes | None = None,
    ) -> dict[str, object] | None:
        if checkpoint is not None:
            weights = Checkpoint.weights_from_bytes(checkpoint)
            self._inspections.keep(model, version, RunSettings.from_json(settings), weights)
        return self._inspections.answer(model, version, question)

    # Training

    def train(self, order: Mapping[str, object]) -> dict[str, object]:
        """Train one run; called in Dask's task thread.

        Args:
            order: ``run``, ``attempt``, ``settings``, ``epochs``; ``continues``: whether a checkpoint was brought, and
                ``step``: where in its epoch that one stands.

        Returns:
            ``state`` done, stopped or paused with ``checkpoint``, ``frames``, ``epoch``, ``step`` and ``result`` (the
            event, or None); or failed with ``error``: kind and message.
        """
        run, attempt = order["run"], order["attempt"]
        checkpoint, frames = self._brought.pop(run, (None, None))
        talk = _Talk(self._worker, run, attempt, order["step"])
        self._saved.clear()
        self._frames.clear()
        with self._training:
            _be_nice()
            try:
                if order["continues"] and checkpoint is None:
                    raise EngineError("checkpoint_missing")
                settings = RunSettings.from_json(order["settings"])
                outcome = train(
                    settings,
                    self._dataset(settings.dataset),
                    epochs=order["epochs"],
                    checkpoint=checkpoint,
                    frames=frames,
                    emit=talk.emit,
                    wanted=lambda: self._wishes.get((run, attempt), "run"),
                    snapshot=lambda weights: self._answering.show_live(run, settings, weights),
                    save=lambda saved, frames: self._save(talk, saved, frames),
                )
            # Whatever Keras raises is what the pupil is to read, so nothing is singled out here.
            except Exception as error:
                return {"state": "failed", "error": _describe(error)}
            finally:
                self._wishes.pop((run, attempt), None)
                self._answering.drop_live(run)
                tidy()
        talk.emit.flush()
        return self._report(outcome, talk)

    def _save(self, talk: _Talk, saved: bytes, frames: bytes | None) -> None:
        if frames is not None:
            self._frames[talk.run] = frames
        self._saved[talk.run] = (saved, talk.epoch, 0)
        talk.tell("saved", (talk.epoch, 0))

    def _report(self, outcome: Outcome, talk: _Talk) -> dict[str, object]:
        end = Checkpoint.from_bytes(outcome.checkpoint)
        return {
            "state": outcome.state,
            "checkpoint": outcome.checkpoint,
            "frames": outcome.frames,
            "epoch": end.epoch,
            "step": end.step,
            "result": talk.result,
        }

    def _dataset(self, name: str) -> Dataset:
        """Return a data set, loaded once."""
        if name not in self._datasets:
            self._datasets[name] = load_dataset(name, self._places)
        return self._datasets[name]


class _Talk:
    """What one run tells the server while it trains."""

    def __init__(self, worker: Worker, run: str, attempt: int, step: int) -> None:
        self._worker, self.run, self.attempt = worker, run, attempt
        self.epoch = 0  # the last one completed
        self.result: Event | None = None
        self.emit = Thinner(self._emit, step)

    def tell(self, kind: str, body: object) -> None:
        self._worker.log_event(TOPIC, (self._worker.address, kind, self.run, self.attempt, body))

    def _emit(self, event: Event) -> None:
        if event["event"] == "result":
            self.result = event  # goes with the outcome: nobody may see a result that is not kept yet
            return
        if event["event"] == "epoch":
            self.epoch = event["epoch"]
        self.tell("event", dict(event))


def _describe(error: Exception) -> dict[str, object]:
    if isinstance(error, FvappError):
        return {"code": error.code}
    return {"kind": type(error).__name__, "message": str(error)}


def _be_nice() -> None:
    """Let the calling thread, and threads that Keras starts from it, give way to messages and answers.

    As a batch job it is not interrupted for each piece of work that a training hands to its other thread. Two trainings
    of two threads each on two cores are then as fast as with one thread each (0.48 s an epoch of the notebook's
    network, 0.68 s without), and one alone has both cores (0.31 s).
    """
    if sys.platform == "linux":  # elsewhere neither is to be had for a thread
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, NICENESS)
        os.sched_setscheduler(thread, os.SCHED_BATCH, os.sched_param(0))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return version(f"{package}-cpu")  # TensorFlow's name on Linux
