"""Commands that classify images with networks, and read networks' weights, text and files."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.checkpoint import Checkpoint
from fvapp.core.datasets import READY_MADE
from fvapp.core.errors import EngineError
from fvapp.core.inspection import Network, Question, WeightsFrame, answer_images, frames_from_bytes
from fvapp.core.inspection.glimpse import WeightGlimpse
from fvapp.core.stack import IMAGE_SHAPE
from fvapp.core.texts.lines import WrittenLine
from fvapp.engine.answers.glimpses import WeightGlimpses
from fvapp.engine.answers.inspecting import (
    NetworkSource,
    dataset_name_of,
    model_id,
    weights_version,
)
from fvapp.engine.answers.writings import WrittenLineCache
from fvapp.engine.runs import OpenWorkspace, Run, SharedEngineState
from fvapp.engine.turns import yield_turn
from fvapp.engine.workers.protocol import array_from_plain

FILE_SECONDS = 30.0
TURN_SECONDS = 20.0


class AnswerCommands:
    """Commands on the networks of runs and on shipped models.

    Each command may raise the errors of `EmbeddedEngine`.
    """

    def __init__(
        self,
        engine_state: SharedEngineState,
        networks: NetworkSource,
        glimpses: WeightGlimpses,
        writings: WrittenLineCache,
    ) -> None:
        self._engine_state = engine_state
        self._workspaces = engine_state.workspaces
        self._network_source = networks
        self._glimpses = glimpses
        self._written_line_cache = writings
        # hashes of each data set's test images
        self._test_hashes_by_dataset: dict[str, frozenset[int]] = {}
        # Number of questions that wait or are being answered, by workspace
        self._open_question_counts: Counter[str] = Counter()
        most = engine_state.limits.inspections_all
        self._inspection_slots = threading.BoundedSemaphore(most)
        # Workspaces in which no run has ended yet may use only half of the slots for inspecting
        # networks, because an abusive script could open hundreds of these workspaces.
        self._newcomer_inspection_slots = threading.BoundedSemaphore(max(1, most // 2))
        self._lock = threading.Lock()

    def classify_images(
        self, token: str, model: str, images: Sequence[object]
    ) -> tuple[Answer, ...]:
        """Return a model's answers for images; a model in training answers with current weights.

        The command never waits for a training process to start.

        Args:
            model: the id of one of the visitor's runs, or the name of a data set for its shipped
                model.
            images: ``uint8`` arrays [28, 28].

        Raises:
            EngineError: ``no_model``, ``no_weights_yet``: the run has no weights; ``bad_image``: an
                image has another type or shape; ``hunt_sealed``: one of the images is a test image,
                and the network belongs to a hunt (a contest between networks) whose results are
                still hidden.
            ModelError: ``model_other_weights``: the network has fewer outputs than there are
                classes.
        """
        if len(images) > self._engine_state.limits.images:
            raise EngineError("limit_images", most=self._engine_state.limits.images)
        found = self._find_model(token, model, even_sealed=True)
        pixels = np.asarray(images)
        if pixels.dtype != np.uint8 or pixels.shape[1:] != IMAGE_SHAPE:
            raise EngineError("bad_image")
        if (
            isinstance(found, Run)
            and found.active_hunt_seal
            and not self._test_image_hashes(found).isdisjoint(map(_hash_pixels, pixels))
        ):
            raise EngineError("hunt_sealed")
        network, stale = self._network_source.load_latest_network(found)
        return answer_images(network, pixels, dataset_name_of(found), stale)

    def load_network(self, token: str, model: str) -> Network:
        """Return the network of a run or of a shipped model; during training, with current weights.

        Raises:
            EngineError: ``no_model``, ``no_weights_yet``: the run has no weights; ``hunt_sealed``:
                the network belongs to a hunt (a contest) whose networks may not be inspected yet.
        """
        return self._network_source.load_network(self._find_model(token, model))

    def load_weights(self, token: str, run_id: str) -> list[np.ndarray]:
        """Return the stored weights of a run, in the order of ``model.get_weights()``.

        Raises:
            EngineError: ``no_model``: the run has no weights; ``hunt_sealed``: the network belongs
                to a hunt (a contest) whose networks may not be inspected yet.
        """
        return Checkpoint.weights_from_bytes(
            self._network_source.read_checkpoint(self._find_run(token, run_id))
        )

    def export_model_file(self, token: str, run_id: str) -> bytes:
        """Return the model of a run as the bytes of a ``.keras`` file.

        Raises:
            EngineError: ``no_model``: the run has no weights; ``not_ready``: no worker is ready;
                ``hunt_sealed``: the network belongs to a hunt (a contest) whose networks may not be
                inspected yet; or the checkpoint cannot be read.
        """
        run = self._find_run(token, run_id)
        return self._network_source.ask_any_worker(
            "model_file",
            seconds=FILE_SECONDS,
            settings=run.record.settings.to_json(),
            checkpoint=self._network_source.read_checkpoint(run),
        )

    def latest_glimpse(self, token: str, run_id: str) -> WeightGlimpse | None:
        """Return a few of a run's latest weights, or None if the run has no weights.

        Raises:
            EngineError: ``hunt_sealed``: the run's results are hidden during a hunt (a contest).
        """
        return self._glimpses.latest_glimpse(self._find_run(token, run_id))

    def lines_written_by_network(self, token: str, run_id: str) -> tuple[WrittenLine, ...]:
        """Return the lines of text that a run's network wrote during training and writes now.

        There are no lines if the run does not train on text, or has no weights yet.
        """
        return self._written_line_cache.lines_written_by_network(
            self._find_run(token, run_id, even_sealed=True)
        )

    def initial_kernel(self, token: str, run_id: str) -> np.ndarray | None:
        """Return the initial weights of a run's first layer, or None if no worker can compute them.

        Keras draws these weights at random from the run's seed.
        """
        settings = self._find_run(token, run_id).record.settings
        key = ("start", settings.network, settings.hidden[:1], settings.output_units, settings.seed)
        found = self._network_source.cache.find_cached_value(key)
        if found is None:
            try:
                found = array_from_plain(
                    self._network_source.ask_any_worker("start_kernel", settings=settings.to_json())
                )
            except EngineError:
                return None
            self._network_source.cache.store_cached_value(key, found)
        return found

    def read_frames(self, token: str, run_id: str) -> tuple[WeightsFrame, ...]:
        """Return the weights recorded during a run; old runs and wide networks have none."""
        content = self._engine_state.journal.read_frames(self._find_run(token, run_id).record.id)
        return frames_from_bytes(content) if content else ()

    def has_film(self, token: str, run_id: str) -> bool:
        """Return whether a run's film (weights recorded during training) is stored.

        Raises:
            EngineError: ``hunt_sealed``: the run's results are hidden during a contest.
        """
        return self._find_run(token, run_id).film_bytes > 0

    def answer_question(self, token: str, model: str, question: Question) -> np.ndarray:
        """Return a model's answer to a question about its data set; repeated answers are cached.

        Raises:
            EngineError: ``no_model``: the run has no weights; ``hunt_sealed``: the network may not
                be inspected during a hunt (a contest); ``still_trains``: the run is training;
                ``limit_inspections``, ``limit_inspections_all``: too many pages are already
                computing with many images.
        """
        found = self._find_model(token, model)
        cache = self._network_source.cache
        if isinstance(found, Run) and found.record.state == "running":
            raise EngineError("still_trains")
        network = self._network_source.load_network(found)
        key = (model_id(found), weights_version(found), question)
        answer = cache.find_cached_value(key)
        if answer is not None:
            return answer
        with self.inspection_turn(token):
            return cache.get_or_compute_value(
                key, lambda: self._network_source.answer_question(found, network, question)
            )

    def inspection_turn(self, token: str) -> AbstractContextManager[None]:
        """Return a context manager that limits how many pages compute with many images at once.

        A page that enters the context waits until another page leaves it, if necessary.

        Raises:
            EngineError: on entering: ``limit_inspections``, ``limit_inspections_all``: too many of
                the visitor's pages, or of all pages, are already computing or waiting.
        """
        with self._engine_state.locked_workspace(token) as workspace:
            return self._hold_inspection_turn(workspace)

    # Private methods

    @contextmanager
    def _hold_inspection_turn(self, workspace: OpenWorkspace) -> Iterator[None]:
        key = workspace.id
        most = self._engine_state.limits.inspections
        with self._lock:
            if self._open_question_counts[key] >= most:
                raise EngineError("limit_inspections", most=most)
            self._open_question_counts[key] += 1
        try:
            with ExitStack() as taken:
                for turns in (
                    (self._newcomer_inspection_slots, self._inspection_slots)
                    if workspace.is_newcomer
                    else (self._inspection_slots,)
                ):
                    with yield_turn():
                        acquired = turns.acquire(timeout=TURN_SECONDS)
                    if not acquired:
                        raise EngineError("limit_inspections_all")
                    taken.callback(turns.release)
                yield
        finally:
            with self._lock:
                self._open_question_counts[key] -= 1
                if not self._open_question_counts[key]:
                    del self._open_question_counts[key]

    def _test_image_hashes(self, run: Run) -> frozenset[int]:
        """Return hashes of a run's test images, for which answers may reveal hidden results."""
        name = run.record.settings.dataset
        if name not in self._test_hashes_by_dataset:
            self._test_hashes_by_dataset[name] = frozenset(
                map(_hash_pixels, self._network_source.load_dataset_of(run).x_test)
            )
        return self._test_hashes_by_dataset[name]

    def _find_run(self, token: str, run_id: str, even_sealed: bool = False) -> Run:
        with self._engine_state.lock:
            return self._workspaces.find_run(token, run_id, even_sealed)

    def _find_model(self, token: str, model: str, even_sealed: bool = False) -> Run | str:
        """Return the run whose id is `model`, or `model` itself if it names a shipped model."""
        if model not in READY_MADE:
            return self._find_run(token, model, even_sealed)
        with self._engine_state.locked_workspace(token):
            return model


def _hash_pixels(image: np.ndarray) -> int:
    return hash(image.tobytes())
