"""Questions to models: which worker to ask, and with which weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.errors import EngineError
from fvapp.core.layers import IMAGE_SHAPE
from fvapp.core.settings import SETTINGS
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.open_workspace import Run
from fvapp.engine.store.journal import Journal
from fvapp.engine.workers.connection import Connection, Unreachable

ANSWER_SECONDS = 5.0
FILE_SECONDS = 30.0


class ModelClient:
    """Asks the models in the workers, without waiting for training.

    Attributes:
        shipped: names of the shipped models, one for each data set.
    """

    shipped = frozenset(SETTINGS["dataset"].choices)

    def __init__(self, board: Board, journal: Journal, connection: Connection) -> None:
        self._board, self._journal, self._connection = board, journal, connection

    def classify(self, model: Run | str, images: Sequence[object]) -> tuple[Answer, ...]:
        """Return what a model says about images; while it is training, with its current weights.

        Raises:
            EngineError: ``no_model``, the run has no weights yet; ``bad_image``; ``not_ready``, no worker answers.
        """
        pixels = np.asarray(images)
        if pixels.dtype != np.uint8 or pixels.shape[1:] != IMAGE_SHAPE:
            raise EngineError("bad_image")
        content = pixels.tobytes()
        if isinstance(model, str):
            answers = self._ask(self._workers(), "classify", model=model, version="shipped", pixels=content)
        else:
            answers = self._classify_live(model, content) or self._classify_kept(model, content)
        return tuple(Answer(**{**answer, "probabilities": tuple(answer["probabilities"])}) for answer in answers)

    def model_file(self, run: Run) -> bytes:
        """Return the model of a run as the bytes of a ``.keras`` file.

        Raises:
            EngineError: ``no_model``, ``not_ready``, or the store's.
        """
        settings, checkpoint = run.record.settings.to_json(), self._checkpoint(run)
        values = {"settings": settings, "checkpoint": checkpoint, "seconds": FILE_SECONDS}
        return self._ask(self._workers(), "model_file", **values)

    def _classify_live(self, run: Run, pixels: bytes) -> Sequence[dict] | None:
        """Ask the worker that is training the run; None if there is none, or it has no weights yet."""
        with self._board.lock:
            trains = run.record.state == "running" and not run.ending
            address = run.address
        if not trains or address is None:
            return None
        try:
            return self._ask([address], "classify", model=run.record.id, version="live", pixels=pixels)
        except EngineError as error:
            if error.code != "not_ready":
                raise
            return None

    def _classify_kept(self, run: Run, pixels: bytes) -> Sequence[dict]:
        """Ask any worker, sending it the weights if it does not have them; always try the same worker first."""
        with self._board.lock:
            at = run.checkpoint_at
        if at is None:
            raise EngineError("no_model")
        workers = self._workers()
        question = {"model": run.record.id, "version": f"{at[0]}-{at[1]}", "pixels": pixels}
        answers = self._ask(workers, "classify", **question)
        if answers is None:
            weights = {"settings": run.record.settings.to_json(), "checkpoint": self._checkpoint(run)}
            weights["temperature"] = run.record.result.temperature if run.record.result else 1.0
            answers = self._ask(workers, "classify", seconds=FILE_SECONDS, **question, **weights)
        return answers

    def _checkpoint(self, run: Run) -> bytes:
        checkpoint = self._journal.checkpoint(run.record.id)
        if checkpoint is None:
            raise EngineError("no_model")
        return checkpoint

    def _workers(self) -> list[str]:
        """Return the workers to ask, starting with those that are idle and warm."""
        with self._board.lock:
            workers = sorted(self._board.workers.values(), key=lambda each: (each.run is not None, not each.warm))
        return [worker.address for worker in workers]

    def _ask(self, addresses: Sequence[str], command: str, seconds: float = ANSWER_SECONDS, **values: object):
        for address in addresses:
            try:
                return self._connection.call(address, command, seconds=seconds, **values)
            except Unreachable:
                continue
        raise EngineError("not_ready")
