"""Loads the networks of runs and shipped models, and answers questions about them.

A question about a few images needs no worker: NumPy answers it in less than a millisecond, even
while all workers train. A question about thousands of images goes to a worker if the network has
convolutions, because TensorFlow computes convolutions three times as fast as NumPy. If the network
has no convolutions, the question is answered in the server's process.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.datasets import DATASETS, Dataset, load_dataset, load_run_dataset
from fvapp.core.errors import EngineError
from fvapp.core.examples import NO_EXAMPLES
from fvapp.core.inspection import (
    Network,
    Question,
    load_shipped_model,
    logits_of_networks,
    network_of_run,
)
from fvapp.core.inspection import questions as asking
from fvapp.core.places import AppFolders
from fvapp.core.runs import RunPosition
from fvapp.engine.answers.byte_cache import ByteCache
from fvapp.engine.runs import Run, RunExamples, SharedEngineState
from fvapp.engine.workers.connection import WorkerConnection, WorkerUnreachable
from fvapp.engine.workers.protocol import array_from_plain

MOST_BYTES = 32 * 2**20
"""Size of the cache of networks and answers, in bytes.

This is enough for 80 networks like that of the course notebook.
"""

LIVE_SECONDS = 0.5
"""Age, in seconds, at which the weights of a run in training are fetched again.

The weights of the course notebook's network take 407 kB.
"""

LIVE_WAIT = 0.5
"""Seconds to wait for a worker's weights; after that, the previous weights are used."""

FIRST_WAIT = 5.0
"""Seconds to wait for a worker's weights if there are no previous weights."""

ANSWER_SECONDS = 20.0

_AT_ONCE = 4  # number of networks evaluated at once; each of them needs up to 7 MB of memory


@dataclass(frozen=True)
class _LiveNetwork:
    """The network of a run in training, as last fetched from its worker.

    Attributes:
        requested_at: when the worker was asked for the weights.
        is_stale: whether these are earlier weights, because the worker did not answer in time.
    """

    network: Network
    requested_at: float
    is_stale: bool

    @property
    def nbytes(self) -> int:
        return self.network.nbytes


class NetworkSource:
    """Provides networks of runs and shipped models, their data sets, and workers' answers.

    Attributes:
        cache: holds networks and answers, shared by all visitors.
    """

    def __init__(
        self,
        engine_state: SharedEngineState,
        connection: WorkerConnection,
        places: AppFolders,
        run_examples: RunExamples,
    ) -> None:
        self._engine_state = engine_state
        self._journal = engine_state.journal
        self._connection = connection
        self._run_examples = run_examples
        self.cache = ByteCache(MOST_BYTES)
        self._load_shipped_dataset = cache(lambda name: load_dataset(name, places))

    def load_network(self, model: Run | str) -> Network:
        """Return the network of a run, or of the model shipped for a data set.

        Raises:
            EngineError: ``no_model``, ``no_weights_yet``: the run has no weights; or the checkpoint
                cannot be read.
            ModelError: the weights are invalid.
        """
        return self.load_latest_network(model)[0]

    def read_checkpoint(self, run: Run) -> bytes:
        """Return the checkpoint of a run.

        Raises:
            EngineError: ``no_model``: the run has no weights; or the checkpoint cannot be read.
        """
        checkpoint = self._journal.read_checkpoint(run.record.id)
        if checkpoint is None:
            raise EngineError("no_model")
        return checkpoint

    def compute_test_logits(self, runs: Sequence[Run]) -> tuple[Iterator[np.ndarray], np.ndarray]:
        """Return several runs' logits for all test images of their shared data set, and the labels.

        The logits are computed for a few runs at a time, while iterating. They are not cached,
        because the logits of all runs of a school class take 12 MB.

        Returns:
            For each run, its logits, float32 [n, classes]; the labels [n].

        Raises:
            EngineError, ModelError: a model cannot answer, see :meth:`answer_question`; some errors
                are raised only while iterating.
        """
        data = self.load_dataset_of(runs[0])
        few = (runs[begin : begin + _AT_ONCE] for begin in range(0, len(runs), _AT_ONCE))
        return (logits for some in few for logits in self._compute_logits(some, data)), data.y_test

    def load_dataset_of(self, model: Run | str) -> Dataset:
        """Return a model's data set. A visitor's own data set has the images the run trained on.

        Raises:
            EngineError: ``examples_gone``: examples that the run trained on were deleted or
                relabelled.
        """
        if isinstance(model, str):
            return self._load_shipped_dataset(model)
        taken = NO_EXAMPLES
        if model.record.settings.uses_only_own_data:
            with self._engine_state.lock:
                taken = self._run_examples.examples_of_run(model)
        return load_run_dataset(model.record.settings, taken, self._load_shipped_dataset)

    # Private methods

    def _compute_logits(self, runs: Sequence[Run], data: Dataset) -> Iterator[np.ndarray]:
        networks = [self.load_network(run) for run in runs]
        alone = iter(
            logits_of_networks(
                [network for network in networks if not network.is_convolutional], data.x_test
            )
        )
        questions = [
            asking.TestLogitsQuestion(len(data.x_test), begin)
            for begin in range(0, len(data.x_test), asking.CHUNK)
        ]
        for run, network in zip(runs, networks, strict=True):
            if network.is_convolutional:
                yield np.concatenate(
                    [self.answer_question(run, network, question) for question in questions]
                )
            else:
                yield next(alone)

    def load_latest_network(self, model: Run | str) -> tuple[Network, bool]:
        """Return a model's network, and whether it is stale.

        During training, the network is at most `LIVE_SECONDS` old. If the worker does not answer in
        time, an earlier network is returned as stale.
        """
        if isinstance(model, str):
            return load_shipped_model(model).network, False
        with self._engine_state.lock:
            address = model.worker_address if model.is_training else None
        if address is None:
            return self._load_stored_network(model), False
        key = (model.record.id, "live")
        live = self.cache.find_cached_value(key)
        now = self._engine_state.clock()
        if live is None or now - live.requested_at >= LIVE_SECONDS:
            live = self._fetch_live_network(model, address, live, now)
            self.cache.store_cached_value(key, live)
        return live.network, live.is_stale

    def _fetch_live_network(
        self, run: Run, address: str, before: _LiveNetwork | None, now: float
    ) -> _LiveNetwork:
        """Return a training run's network, or an earlier state if its worker sends no weights."""
        stale = False
        weights = None
        seconds = LIVE_WAIT if before or run.checkpoint_position else FIRST_WAIT
        try:
            weights = self._connection.call_worker(
                address, "weights", run=run.record.id, seconds=seconds
            )
        except (WorkerUnreachable, EngineError):
            stale = True
        if weights is None:
            return _LiveNetwork(
                before.network if before else self._load_stored_network(run), now, stale
            )
        return _LiveNetwork(
            network_of_run(run.record.settings, [array_from_plain(array) for array in weights]),
            now,
            stale,
        )

    def _load_stored_network(self, run: Run) -> Network:
        if run.checkpoint_position is None:
            raise EngineError("no_weights_yet" if run.record.state == "running" else "no_model")
        temperature = run.record.result.temperature if run.record.result else 1.0

        def decode_network() -> Network:
            weights = Checkpoint.weights_from_bytes(self.read_checkpoint(run))
            return network_of_run(run.record.settings, weights, temperature)

        return self.cache.get_or_compute_value(
            (run.record.id, weights_version(run), temperature), decode_network
        )

    def answer_question(self, model: Run | str, network: Network, question: Question) -> np.ndarray:
        # For a visitor's own data set, with its few hundred images, NumPy is fast enough.
        if network.is_convolutional and not DATASETS[dataset_name_of(model)].is_own:
            try:
                return self._ask_worker_to_inspect(model, question)
            except EngineError:
                # `CoveredLogitsQuestion` asks about a few hundred images, so NumPy can answer if no
                # worker can.
                if not isinstance(question, asking.CoveredLogitsQuestion):
                    raise
        return asking.answer_question(
            question, asking.make_numpy_feature_extractor(network), self.load_dataset_of(model)
        )

    def _ask_worker_to_inspect(self, model: Run | str, question: Question) -> np.ndarray:
        """Return a worker's answer to a question; send the worker any weights that it lacks."""
        values: dict[str, Any] = {
            "model": model_id(model),
            "version": weights_version(model),
            "question": asking.question_to_plain(question),
        }
        answer = self.ask_any_worker("inspect", **values)
        if answer is None and not isinstance(model, str):
            answer = self.ask_any_worker(
                "inspect",
                **values,
                settings=model.record.settings.to_json(),
                checkpoint=self.read_checkpoint(model),
            )
        return array_from_plain(answer)

    def ask_any_worker(
        self, command: str, *, seconds: float = ANSWER_SECONDS, **values: object
    ) -> Any:
        """Return the first answer to a command that is sent to one worker after another.

        Idle workers are asked first, and among them those that have warmed up.

        Raises:
            EngineError: the error of the last worker that answered with an error; ``not_ready``:
                no worker answered.
        """
        with self._engine_state.lock:
            self._engine_state.note_worker_needed()
            workers = sorted(
                self._engine_state.workers.values(),
                key=lambda worker: (worker.run is not None, not worker.warm),
            )
        trouble = EngineError("not_ready")
        for worker in workers:
            try:
                return self._connection.call_worker(
                    worker.address, command, seconds=seconds, **values
                )
            except WorkerUnreachable:
                continue
            except EngineError as error:
                trouble = error
        raise trouble


def model_id(model: Run | str) -> str:
    return model if isinstance(model, str) else model.record.id


def dataset_name_of(model: Run | str) -> str:
    return model if isinstance(model, str) else model.record.settings.dataset


def weights_version(model: Run | str) -> str:
    return (
        "shipped"
        if isinstance(model, str)
        else "{}-{}".format(*model.checkpoint_position or RunPosition())
    )
