"""An engine in memory, written by hand: trains a made-up curve when told to, for tests of the pages.

``FakeEngine()`` moves only when a test calls ``advance()``; ``FakeEngine(blocks_per_look=1)`` also moves with every
look at a run, so that a page can be tried by hand.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import secrets
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.datasets import load_dataset
from fvapp.core.errors import EngineError
from fvapp.core.events import BlockEnded, EpochEnded, Event, RunEnded, Started
from fvapp.core.inspection.decoding import network_of_run, read_keras_file
from fvapp.core.inspection.frames import Frame, plan_frames, take_frame
from fvapp.core.inspection.network import Network
from fvapp.core.inspection.questions import Question, answer_question, look_at
from fvapp.core.layers import count_parameters, describe_layers
from fvapp.core.limits import check_limits
from fvapp.core.names import clean_name
from fvapp.core.places import SHIPPED_MODELS, Places
from fvapp.core.runs import ACTIVE, RunRecord, RunResult
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.engine.api import EngineStatus, Workspace
from fvapp.engine.runs import notes, transitions
from fvapp.engine.runs.limits import DEFAULT_LIMITS, Limits
from fvapp.engine.runs.tokens import is_token, new_token
from random_networks import random_weights

BLOCKS = 6  # of an epoch
IMAGES = 60_000


@dataclass
class FakeWorkspace:
    code: str
    runs: dict[str, RunRecord] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    memory: dict[str, bytes] = field(default_factory=dict)
    numbers: int = 0
    damaged: dict[str, bytes] = field(default_factory=dict)
    click: tuple[str | None, tuple[str, ...]] = (None, ())


@cache
def _shipped(name: str) -> Network:
    return read_keras_file(SHIPPED_MODELS / f"{name}.keras")


@cache  # 10,000 images take seconds, and every page that looks inside asks for the same
def _of_shipped(name: str, question: Question) -> np.ndarray:
    return _looked(_shipped(name), question, name)


def _looked(network: Network, question: Question, dataset: str) -> np.ndarray:
    return answer_question(question, look_at(network), load_dataset(dataset, Places.from_environ(os.environ)))


class FakeEngine:
    """Keep the ``Engine`` protocol without processes, threads or clock."""

    def __init__(self, workers: int = 2, limits: Limits = DEFAULT_LIMITS, blocks_per_look: int = 0) -> None:
        self.workers, self.limits, self.blocks_per_look = workers, limits, blocks_per_look
        self._workspaces: dict[str, FakeWorkspace] = {}  # by token
        self._dropped: set[str] = set()
        self._looks = 0
        self._codes: dict[str, FakeWorkspace] = {}  # of those whose code was asked for
        self._queue: list[str] = []  # ids of runs that wait
        self._events: dict[str, list[Event]] = {}
        self._started = False
        self._state: dict[str, object] = {}

    # What a test says

    def advance(self, blocks: int = 1) -> None:
        """Let every run that trains go on by so many blocks, and give free workers to runs that wait."""
        for _ in range(blocks):
            self._start_waiting()
            for record in self._all_runs():
                if record.state == "running":
                    self._one_block(record)
        self._start_waiting()

    def finish(self) -> None:
        """Advance until nothing waits or trains."""
        assert self._started, "nobody has started this engine: it would wait for ever"
        while any(record.state in ACTIVE for record in self._all_runs()):
            self.advance()

    def lose(self, run_id: str) -> None:
        """Let the worker of a run die."""
        record = next(record for record in self._all_runs() if record.id == run_id)
        self._put(transitions.lost(record, "worker_gone", None))

    def say(self, **state: object) -> None:
        """Let `status` say something else, such as ``store="store_full"``."""
        self._state = state

    # The protocol

    def start(self) -> None:
        self._started = True

    def status(self) -> EngineStatus:
        training = sum(record.state == "running" for record in self._all_runs())
        state = "ready" if self._started else "starting"
        return replace(EngineStatus(state, self.workers, training, len(self._queue)), **self._state)

    def close(self) -> None:
        self._started = False

    def enter(self, token: str | None) -> Workspace:
        if token in self._workspaces:
            return Workspace(token, known=True)
        if token in self._dropped:
            raise EngineError("workspace_gone")
        if not is_token(token):
            token = new_token()
        self._workspaces[token] = FakeWorkspace(code=secrets.token_hex(8).upper())
        return Workspace(token, known=False)

    def move_in(self, token: str, provisional: str) -> Workspace:
        source = self._open(provisional)
        opened = self.enter(token)
        target = self._open(opened.token)
        if source is target or source.code in self._codes:
            return opened
        for record in list(source.runs.values()):
            target.numbers += 1
            target.runs[record.id] = replace(record, number=target.numbers)
        for name, text in source.notes.items():
            target.notes[name] = notes.merged(target.notes[name], text) if name in target.notes else text
        self._workspaces[provisional] = target
        return opened

    def version(self, token: str) -> int:
        """Return another number each time: every look may have something new."""
        self._open(token)
        self._looks += 1
        return self._looks

    def workspace_id(self, token: str) -> str:
        return self._open(token).code

    def listen(self, listener: Callable[[str | None, int, bool], None]) -> None:
        """There are no sockets here to tell."""

    def recovery_code(self, token: str) -> str:
        workspace = self._open(token)
        self._codes[workspace.code] = workspace
        return workspace.code

    def recover(self, token: str, code: str) -> Workspace:
        self._open(token)
        workspace = self._codes.get(code.strip().upper())
        if workspace is None:
            raise EngineError("unknown_code")
        token = secrets.token_urlsafe(32)
        self._workspaces[token] = workspace
        return Workspace(token, known=True)

    def leave(self, token: str) -> None:
        self._open(token)
        del self._workspaces[token]
        self._dropped.add(token)

    def delete_all(self, token: str) -> None:
        workspace = self._open(token)
        for run_id in list(workspace.runs):
            self.delete(token, run_id)
        self._dropped |= {key for key, kept in self._workspaces.items() if kept is workspace}
        self._workspaces = {key: kept for key, kept in self._workspaces.items() if kept is not workspace}
        self._codes.pop(workspace.code, None)

    def remember(self, token: str, name: str, data: bytes) -> None:
        memory = self._open(token).memory
        memory.pop(name, None)
        if sum(map(len, memory.values())) + len(data) <= self.limits.memory_kb * 1024:
            memory[name] = data

    def recall(self, token: str, name: str) -> bytes | None:
        return self._open(token).memory.get(name)

    def read_note(self, token: str, name: str) -> object | None:
        text = self._open(token).notes.get(name)
        return None if text is None else json.loads(text)

    def change_note(self, token: str, name: str, change: Callable[[object | None], object]) -> None:
        self.write_note(token, name, change(self.read_note(token, name)))

    def write_note(self, token: str, name: str, value: object) -> None:
        kept, text = self._open(token).notes, json.dumps(value)
        if len(text) > self.limits.note_kb * 1024:
            raise EngineError("note_too_large", most=self.limits.note_kb)
        if name not in kept and len(kept) >= self.limits.notes:
            raise EngineError("limit_notes", most=self.limits.notes)
        kept[name] = text

    def submit(
        self, token: str, settings: Sequence[RunSettings], group: str | None = None, click: str | None = None
    ) -> tuple[RunRecord, ...]:
        workspace = self._open(token)
        if click is not None and click == workspace.click[0]:  # without a clock: until another one comes
            return tuple(workspace.runs[run_id] for run_id in workspace.click[1])
        for one in settings:
            check_limits(one)
        active = sum(record.state in ACTIVE for record in workspace.runs.values())
        if active + len(settings) > self.limits.queued:
            raise EngineError("limit_queued", most=self.limits.queued)
        records = []
        for one in settings:
            workspace.numbers += 1
            record = RunRecord(secrets.token_urlsafe(9), workspace.numbers, one, epochs=one.epochs, group=group)
            workspace.runs[record.id] = record
            self._events[record.id] = []
            self._queue.append(record.id)
            records.append(record.id)
        workspace.click = (click, tuple(records))
        self._start_waiting()
        return tuple(workspace.runs[run_id] for run_id in records)

    def runs(self, token: str) -> tuple[RunRecord, ...]:
        self._look()
        return tuple(self._open(token).runs.values())

    def run(self, token: str, run_id: str) -> RunRecord:
        self._look()
        return self._find(token, run_id)

    def events(self, token: str, run_id: str, after: int = 0) -> tuple[tuple[Event, ...], int]:
        self._find(token, run_id)
        events = self._events[run_id]
        return tuple(events[after:]), len(events)

    def stop(self, token: str, run_id: str) -> None:
        record = self._find(token, run_id)
        if record.state not in transitions.STOPPABLE:
            raise EngineError("not_now")
        self._end(record, "stopped")

    def pause(self, token: str, run_id: str) -> None:
        record = self._find(token, run_id)
        if record.state not in transitions.PAUSABLE:
            raise EngineError("not_now")
        self._put(replace(record, state="paused"))

    def resume(self, token: str, run_id: str, more_epochs: int = 0) -> None:
        record = self._find(token, run_id)
        at = (record.epoch, record.step) if record.can_continue else None
        self._put(transitions.resumed(record, at, more_epochs))
        self._queue.append(run_id)
        self._start_waiting()

    def rename(self, token: str, run_id: str, name: str) -> None:
        self._put(replace(self._find(token, run_id), name=clean_name(name)))

    def damaged_runs(self, token: str) -> tuple[str, ...]:
        return tuple(self._open(token).damaged)

    def damaged_run(self, token: str, run_id: str) -> bytes:
        return self._open(token).damaged[run_id]

    def delete(self, token: str, run_id: str) -> None:
        if self._open(token).damaged.pop(run_id, None) is not None:
            return
        self._put(replace(self._find(token, run_id), state="stopped"))
        del self._open(token).runs[run_id], self._events[run_id]

    def add_run(self, token: str, record: RunRecord, events: Sequence[Event]) -> RunRecord:
        workspace = self._open(token)
        workspace.numbers += 1
        record = transitions.copied(record, secrets.token_urlsafe(9), workspace.numbers, len(events))
        workspace.runs[record.id] = record
        self._events[record.id] = list(events)
        return record

    def model_file(self, token: str, run_id: str) -> bytes:
        if not self._find(token, run_id).can_continue:
            raise EngineError("no_model")
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("config.json", "{}")
        return file.getvalue()

    def classify(self, token: str, model: str, images: Sequence[object]) -> tuple[Answer, ...]:
        self._open(token)
        if model not in SETTINGS["dataset"].choices and not self._find(token, model).can_continue:
            raise EngineError("no_model")
        return tuple(_answer(model, image) for image in images)

    def network(self, token: str, model: str) -> Network:
        self._open(token)
        if model in SETTINGS["dataset"].choices:
            return _shipped(model)
        record = self._find(token, model)
        if not record.can_continue:
            raise EngineError("no_model")
        return network_of_run(record.settings, random_weights(record.settings, record.number))

    def start_kernel(self, token: str, run_id: str) -> np.ndarray:
        return random_weights(self._find(token, run_id).settings)[0]

    def frames(self, token: str, run_id: str) -> tuple[Frame, ...]:
        record = self._find(token, run_id)
        if not plan_frames(count_parameters(record.settings), 1_000, record.settings.epochs):
            return ()
        begin, end = (random_weights(record.settings, seed) for seed in (0, record.number))
        return tuple(
            take_frame(step, 0, [(1 - part) * first + part * last for first, last in zip(begin, end, strict=True)])
            for step, part in ((0, 0.0), (1, 0.1), (3, 0.3), (7, 0.6))
        )

    def inspect(self, token: str, model: str, question: Question) -> np.ndarray:
        if model not in SETTINGS["dataset"].choices and self._find(token, model).state == "running":
            raise EngineError("still_trains")
        if model in SETTINGS["dataset"].choices:
            return _of_shipped(model, question)
        dataset = self._find(token, model).settings.dataset
        return _looked(self.network(token, model), question, dataset)

    # Inside

    def _open(self, token: str) -> FakeWorkspace:
        if token not in self._workspaces:
            raise EngineError("workspace_gone" if token in self._dropped else "unknown_workspace")
        return self._workspaces[token]

    def _find(self, token: str, run_id: str) -> RunRecord:
        runs = self._open(token).runs
        if run_id not in runs:
            raise EngineError("unknown_run")
        return runs[run_id]

    def _look(self) -> None:
        if self.blocks_per_look:
            self.advance(self.blocks_per_look)

    def _all_runs(self) -> list[RunRecord]:
        runs = {}
        for workspace in self._workspaces.values():
            runs |= workspace.runs
        return list(runs.values())

    def _put(self, record: RunRecord) -> None:
        if record.state != "queued":
            self._queue = [run_id for run_id in self._queue if run_id != record.id]
        for workspace in self._workspaces.values():
            if record.id in workspace.runs:
                workspace.runs[record.id] = record
        self._number_queue()

    def _number_queue(self) -> None:
        for workspace in self._workspaces.values():
            for run_id, record in workspace.runs.items():
                place = self._queue.index(run_id) + 1 if run_id in self._queue else None
                workspace.runs[run_id] = replace(record, place=place)

    def _start_waiting(self) -> None:
        while self._started and self._queue and self.status().training < self.workers:
            record = next(record for record in self._all_runs() if record.id == self._queue[0])
            self._put(replace(record, state="running"))
            if not self._events[record.id]:
                self._tell(record.id, _started(record))
        self._number_queue()

    def _tell(self, run_id: str, event: Event) -> RunRecord:
        self._events[run_id].append(event)
        record = next(record for record in self._all_runs() if record.id == run_id)
        record = transitions.after_event(record, event, len(self._events[run_id]))
        self._put(record)
        return record

    def _one_block(self, record: RunRecord) -> None:
        steps = self._events[record.id][0].steps_per_epoch
        block = min(math.ceil(steps / BLOCKS), steps - record.step)
        step = record.step + block
        self._put(replace(record, can_continue=True))
        numbers = _numbers(record, record.epoch + step / steps)
        record = self._tell(record.id, BlockEnded(record.epoch + 1, step, **numbers))
        if step < steps:
            return
        validation = {"val_loss": None, "val_accuracy": None}
        if record.settings.validation_split:
            validation = {"val_loss": numbers["loss"] + 0.04, "val_accuracy": numbers["accuracy"] - 0.02}
        epoch = record.epoch + 1
        record = self._tell(record.id, EpochEnded(epoch, **numbers, **validation, seconds=0.4))
        if epoch >= record.epochs:
            self._end(record, "done")

    def _end(self, record: RunRecord, state: str) -> None:
        result = None
        if record.can_continue:
            numbers = _numbers(record, record.epoch + 0.5)
            result = RunResult(numbers["loss"] + 0.05, numbers["accuracy"] - 0.015, 0.4 * (record.epoch or 1))
            record = self._tell(record.id, RunEnded(state, result))
        self._put(transitions.ended(record, state, result, record.events))


def _started(record: RunRecord) -> Event:
    images = min(IMAGES, record.settings.train_images or IMAGES)
    validation = int(images * record.settings.validation_split)
    return Started(
        parameters=sum(layer.parameters for layer in describe_layers(record.settings)),
        train_images=images - validation,
        validation_images=validation,
        steps_per_epoch=math.ceil((images - validation) / record.settings.batch_size),
        epochs=record.epochs,
    )


def _numbers(record: RunRecord, epochs: float) -> dict[str, float]:
    """Return a loss that falls and an accuracy that rises with the epochs, a little different for each seed."""
    wave = 0.01 * math.sin(7 * epochs + record.settings.seed)
    return {"loss": 0.25 + 0.9 / (1 + 3 * epochs) + wave, "accuracy": 0.92 - 0.35 / (1 + 3 * epochs) - wave}


def _answer(model: str, image: object) -> Answer:
    """Return probabilities that are always the same for the same model and image."""
    pixels = np.asarray(image, np.uint8)
    seed = hashlib.sha256(model.encode() + pixels.tobytes()).digest()
    logits = 3 * np.random.default_rng(list(seed[:8])).standard_normal(10)
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    return Answer(probabilities=tuple(map(float, shares)), label=int(shares.argmax()), sure=bool(shares.max() >= 0.5))
