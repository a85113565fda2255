"""Provides each Dask worker's plugin, which trains runs and answers questions about networks.

``dask worker --preload fvapp.worker.plugin`` loads the plugin on this machine and on others, so a
worker cannot start on a machine without the package. Keras is imported before the worker joins the
scheduler. Otherwise the scheduler would think that the worker had frozen, because loading Keras'
libraries blocks the process for seconds.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cache, partial
from typing import TYPE_CHECKING

from fvapp.core.checkpoint import Checkpoint, TrainingEnd, TrainingFailure
from fvapp.core.datasets import (
    DATASETS,
    has_shipped_dataset_files,
    load_dataset,
    load_run_dataset,
)
from fvapp.core.errors import EngineError, FvappError
from fvapp.core.events import Event, RunEnded
from fvapp.core.examples import NO_EXAMPLES, ExampleSet
from fvapp.core.inspection.glimpse import take_weight_glimpse
from fvapp.core.places import AppFolders
from fvapp.core.runs import KerasError, RunPosition
from fvapp.core.settings import RunSettings
from fvapp.engine.processes.machine import available_cores
from fvapp.engine.processes.memory import free_garbage, shorten_garbage_collections, unmap_libraries
from fvapp.engine.processes.parent_watch import call_when_asked_to_leave
from fvapp.engine.workers import protocol
from fvapp.engine.workers.protocol import RequestedState, TrainingOrder, array_to_plain
from fvapp.engine.workers.versions import installed_versions, required_versions
from fvapp.learn.build import export_keras_file, initial_weights
from fvapp.learn.teaching import teach_examples
from fvapp.learn.training import train, warm_up
from fvapp.worker.inspection import NetworkInspector
from fvapp.worker.thinning import EventThinner
from fvapp.worker.turns import TeachingTurns

if TYPE_CHECKING:
    import numpy as np
    from distributed import Worker

AT_ONCE = (
    "hello",
    "not_wanted",
    "end",
    "request",
    "bring",
    "checkpoint",
    "result",
    "weights",
    "glimpse",
)
"""Commands answered on the worker's event loop; slower commands run in a thread pool."""

# Unix niceness of training threads, so that threads that answer messages get the processor first.
NICENESS = 10


def dask_setup(worker: Worker) -> None:
    """Install the service in a worker that is starting, and begin to warm up the worker."""
    shorten_garbage_collections()
    unmap_libraries()
    service = WorkerService(worker)
    worker.fvapp = service  # type: ignore[attr-defined]  # Dask declares no attributes for plugins
    worker.handlers[protocol.HANDLER] = service.handle_command
    call_when_asked_to_leave(lambda: service.post_message(protocol.WorkerLeaves(worker.address)))
    threading.Thread(target=service.warm_up, name="fvapp-warm-up", daemon=True).start()


def dask_teardown(worker: Worker) -> None:
    """Exit soon after Dask closes the worker, even if a training run delays Dask's exit by 30 s."""
    threading.Timer(1.0, os._exit, (0,)).start()


class WorkerService:
    """Trains one run at a time in Dask's task thread, and answers commands in the meantime."""

    def __init__(self, worker: Worker) -> None:
        self._dask_worker = worker
        folders = AppFolders.from_environ()
        self._load_dataset_once = cache(lambda name: load_dataset(name, folders))
        self._training_lock = threading.Lock()  # held while a program compiles or trains
        # The state that the server requests of each run, by (run, attempt). A request may arrive
        # before its run starts on this worker.
        self._requested_states: dict[tuple[str, int], RequestedState] = {}
        # The last checkpoint of the run in training, with its epoch and step.
        self._latest_checkpoints: dict[str, tuple[bytes, int, int]] = {}
        # The film (weight snapshots) of the run in training, if the server lacks some of its
        # frames.
        self._unsent_film_frames: dict[str, bytes] = {}
        # Files that the server sent before each run: checkpoint, film (weight snapshots), and the
        # visitor's own examples.
        self._files_sent_ahead: dict[str, Mapping[str, bytes | None]] = {}
        # The current weights of the run in training.
        self._current_weights: dict[str, Sequence[np.ndarray]] = {}
        self._network_inspector = NetworkInspector(self._load_dataset_once)
        self._teaching_turns = TeachingTurns(self._training_lock)
        self._warm_up_ended = threading.Event()
        self._epochs_per_second = 0.0  # training speed of the default network; 0 before the warm-up
        self._lacks_dataset_files = not all(map(has_shipped_dataset_files, DATASETS))
        inspecting = ThreadPoolExecutor(
            1, thread_name_prefix="fvapp-inspect", initializer=_lower_thread_priority
        )
        self._thread_pools = {
            "model_file": ThreadPoolExecutor(2, thread_name_prefix="fvapp-export"),
            # These commands have a separate low-priority thread, so that requests for model files
            # do not have to wait for questions about a whole data set.
            "inspect": inspecting,
            "start_kernel": inspecting,
            # Teaching a network has a separate thread. Training pauses meanwhile, because a student
            # is waiting for the result.
            "teach": ThreadPoolExecutor(1, thread_name_prefix="fvapp-teach"),
        }

    def warm_up(self) -> None:
        """Load the default data set and compile the default network before the first run."""
        with self._training_lock:
            _lower_thread_priority()
            settings = RunSettings()
            try:
                self._epochs_per_second = warm_up(
                    self._load_dataset_once(settings.dataset), settings
                )
            except (FvappError, OSError):
                self._lacks_dataset_files = True
            free_garbage()
            self._warm_up_ended.set()
        self.post_message(protocol.WorkerWarm(self._dask_worker.address, self._epochs_per_second))

    # The following methods handle messages from the server.

    async def handle_command(self, command: str, **values: object) -> dict[str, object]:
        """Return the reply to a server message; see :mod:`fvapp.engine.workers.protocol`."""
        try:
            if command not in AT_ONCE and command not in self._thread_pools:
                raise EngineError("not_now")
            work = partial(getattr(self, f"_handle_{command}"), **values)
            pool = self._thread_pools.get(command)
            return protocol.reply_ok(
                work() if pool is None else await self._dask_worker.loop.run_in_executor(pool, work)
            )
        except FvappError as error:
            return protocol.reply_error(error)

    def _handle_hello(self) -> dict[str, object]:
        if self._lacks_dataset_files:
            raise EngineError("pc_no_images")
        return {
            "name": str(self._dask_worker.name),
            "versions": installed_versions(),
            "required": required_versions(),
            "warm": self._warm_up_ended.is_set(),
            "pc": os.environ.get(protocol.VARIABLE_OF_PC, ""),
            "cores": available_cores(),
            "speed": self._epochs_per_second,
        }

    def _handle_not_wanted(self, error: Sequence[object] | None) -> None:
        """Print the app's reason for refusing this worker, or null, as input for ``lab join``."""
        print(f"{protocol.SAYS}{json.dumps(error)}", flush=True)

    def _handle_end(self) -> None:
        """End this process, because the server no longer needs this worker."""
        threading.Timer(0.2, os._exit, (0,)).start()  # the delay allows the reply to be sent

    def _handle_request(self, run: str, attempt: int, requested: RequestedState) -> None:
        self._requested_states[run, attempt] = requested

    def _handle_bring(self, run: str, **files: bytes | None) -> None:
        self._files_sent_ahead[run] = files

    def _handle_checkpoint(self, run: str) -> tuple[bytes, int, int, bytes | None] | None:
        saved = self._latest_checkpoints.get(run)
        return (*saved, self._unsent_film_frames.pop(run, None)) if saved else None

    def _handle_result(self, run: str, attempt: int) -> tuple[str, dict[str, object]]:
        """Return the result of a training run that has ended on this worker."""
        result = self._dask_worker.data[protocol.dask_task_key(run, attempt)]
        return protocol.result_to_plain(result)  # type: ignore[arg-type]  # Dask does not know the result's type

    def _handle_model_file(self, settings: Mapping[str, object], checkpoint: bytes) -> bytes:
        return export_keras_file(
            RunSettings.from_json(settings), Checkpoint.weights_from_bytes(checkpoint)
        )

    # The following methods answer questions about a network.

    def _handle_weights(self, run: str) -> list[dict[str, object]] | None:
        """Return a run's current weights, or None if the run is not in training on this worker."""
        weights = self._current_weights.get(run)
        return None if weights is None else [array_to_plain(weight) for weight in weights]

    def _handle_glimpse(self, run: str) -> list[dict[str, object]] | None:
        """Return a few of a run's current weights, or None if the run is not in training here."""
        weights = self._current_weights.get(run)
        if weights is None:
            return None
        glimpse = take_weight_glimpse(weights)
        return [array_to_plain(glimpse.weight_pictures), array_to_plain(glimpse.line_strengths)]

    def _handle_start_kernel(self, settings: Mapping[str, object]) -> dict[str, object]:
        """Return the initial weights (kernel) of a network's first layer that has weights."""
        return array_to_plain(initial_weights(RunSettings.from_json(settings))[0])

    def _handle_inspect(
        self,
        model: str,
        version: str,
        question: dict[str, object],
        settings: Mapping[str, object] | None = None,
        checkpoint: bytes | None = None,
    ) -> dict[str, object] | None:
        if checkpoint is not None:
            weights = Checkpoint.weights_from_bytes(checkpoint)
            self._network_inspector.keep_run_weights(
                model, version, RunSettings.from_json(settings), weights
            )
        return self._network_inspector.answer_about_model(model, version, question)

    def _handle_teach(
        self,
        settings: Mapping[str, object],
        checkpoint: bytes,
        taught: bytes,
        others: bytes,
        ids: Sequence[str],
        temperature: float,
        mixed: bool,
    ) -> dict[str, object]:
        """Teach a network a few examples; return three plain values for Dask.

        They are the new checkpoint, what changed in its answers, and its accuracies."""
        known = RunSettings.from_json(settings)
        weights = Checkpoint.weights_from_bytes(checkpoint)
        with self._teaching_turns.hold_teaching_turn():
            after, outcome, result = teach_examples(
                known,
                weights,
                ExampleSet.from_bytes(taught, known.dataset_info),
                ExampleSet.from_bytes(others, known.dataset_info),
                self._load_dataset_once(known.dataset),
                ids=ids,
                temperature=temperature,
                mixed=mixed,
            )
        checkpoint = Checkpoint(after, (), 0, 0, 0).to_bytes()
        return {"checkpoint": checkpoint, "outcome": asdict(outcome), "result": asdict(result)}

    # The following methods train runs.

    def train_run(self, order: TrainingOrder) -> TrainingEnd | TrainingFailure:
        """Train a run, in Dask's task thread, and return how it ended."""
        run = order.run
        attempt = order.attempt
        brought = self._files_sent_ahead.pop(run, {})
        checkpoint = brought.get("checkpoint")
        examples = brought.get("examples")

        def post_event(event: Event) -> None:
            # `RunEnded` is not posted, because nobody may see the end before the server has stored
            # the returned result.
            if not isinstance(event, RunEnded):
                self.post_message(protocol.EventEmitted(run, attempt, event))

        emit = EventThinner(post_event, order.resume_position.step if order.resume_position else 0)
        self._latest_checkpoints.clear()
        self._unsent_film_frames.clear()
        with self._training_lock:
            _lower_thread_priority()
            try:
                if order.resume_position is not None and checkpoint is None:
                    return TrainingFailure("checkpoint_gone")
                settings = order.settings
                if settings.learns_from_own_examples and examples is None:
                    return TrainingFailure("examples_gone")
                own = (
                    ExampleSet.from_bytes(examples, settings.dataset_info)
                    if examples
                    else NO_EXAMPLES
                )
                try:
                    dataset = load_run_dataset(settings, own, self._load_dataset_once)
                except (FvappError, OSError):
                    self._lacks_dataset_files = True
                    return TrainingFailure("data_gone")
                outcome = train(
                    settings,
                    dataset,
                    epochs=order.epochs,
                    arithmetic=order.arithmetic,
                    checkpoint=checkpoint,
                    frames=brought.get("frames"),
                    examples=NO_EXAMPLES if settings.uses_only_own_data else own,
                    drawing=order.drawing,
                    emit=emit,
                    wanted=lambda: self._wait_for_requested_state(run, attempt),
                    snapshot=lambda weights: self._current_weights.update({run: weights}),
                    save=partial(self._save_checkpoint, run, attempt),
                    testing=lambda: self.post_message(protocol.EvaluationBegun(run, attempt)),
                )
            except FvappError as error:
                return TrainingFailure(
                    "checkpoint_gone" if error.code.startswith("checkpoint") else "data_gone"
                )
            except OSError:
                raise  # the cause is the computer, not Keras
            # Keras may raise any exception, and the student who started the run reads its message.
            except Exception as error:
                return TrainingFailure(keras_error=KerasError.from_exception(error))
            finally:
                self._requested_states.pop((run, attempt), None)
                self._current_weights.pop(run, None)
                free_garbage()
        emit.emit_held_blocks()
        return outcome

    def _wait_for_requested_state(self, run: str, attempt: int) -> RequestedState:
        """Wait while a network is taught, then return the state the server requests of a run."""
        self._teaching_turns.wait_for_teaching()
        return self._requested_states.get((run, attempt), "run")

    def _save_checkpoint(
        self, run: str, attempt: int, saved: bytes, at: RunPosition, frames: bytes | None
    ) -> None:
        if frames is not None:
            self._unsent_film_frames[run] = frames
        self._latest_checkpoints[run] = saved, *at
        self.post_message(protocol.CheckpointSaved(run, attempt))

    def post_message(self, message: protocol.Message) -> None:
        """Post a message to the engine's inbox."""
        self._dask_worker.log_event(protocol.TOPIC, protocol.message_to_plain(message))


def _lower_thread_priority() -> None:
    """Lower the priority of this thread and of the threads that Keras starts from it.

    With the batch scheduling policy, a thread is not preempted each time it hands work to another
    training thread. Two runs of the course notebook's network at the same time, on two cores and
    with two threads each, took 0.48 s per epoch with this policy and 0.68 s without. A single run
    used both cores and took 0.31 s per epoch.
    """
    if sys.platform == "linux":  # only Linux has a priority and policy per thread
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, NICENESS)
        os.sched_setscheduler(thread, os.SCHED_BATCH, os.sched_param(0))
