"""Commands that ask networks: about images, about their insides, and for their files."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.checkpoint import Checkpoint
from fvapp.core.datasets import SHIPPED
from fvapp.core.errors import EngineError
from fvapp.core.inspection.frames import Frame
from fvapp.core.inspection.glimpse import Glimpse
from fvapp.core.inspection.network import Network
from fvapp.core.inspection.questions import Question
from fvapp.engine.answers.glimpses import Glimpses
from fvapp.engine.answers.inspecting import Inspecting
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.open_workspace import Run


class AnswerCommands:
    """Questions to the networks of runs and to shipped models; each may raise what every command of the engine may."""

    def __init__(self, board: Board, inspecting: Inspecting, glimpses: Glimpses) -> None:
        self._board, self._workspaces = board, board.workspaces
        self._inspecting, self._glimpses = inspecting, glimpses

    def classify(self, token: str, model: str, images: Sequence[object]) -> tuple[Answer, ...]:
        """Return what a model says about images; one that trains answers as it is now.

        It waits for no training process to start.

        Args:
            model: the id of one of the visitor's runs, or the name of a data set for its shipped model.
            images: ``uint8`` arrays [28, 28].

        Raises:
            EngineError: ``no_model``: the run has no weights; ``bad_image``; ``hunt_sealed``: a test image is asked
                about.
            ModelError: ``model_other_weights``: the network has fewer outputs than there are classes.
        """
        if len(images) > self._board.limits.images:
            raise EngineError("limit_images", most=self._board.limits.images)
        return self._inspecting.classify(self._model(token, model, even_sealed=True), images)

    def network(self, token: str, model: str) -> Network:
        """Return the network of a run or of a shipped model for inspection; of a run in training, as it is now.

        Raises:
            EngineError: ``no_model``: the run has no weights; ``hunt_sealed``.
        """
        return self._inspecting.network(self._model(token, model))

    def weights(self, token: str, run_id: str) -> list[np.ndarray]:
        """Return the weights of a run, in the order of ``model.get_weights()``.

        Raises:
            EngineError: ``no_model``: it has none; ``hunt_sealed``.
        """
        return Checkpoint.weights_from_bytes(self._inspecting.checkpoint(self._find(token, run_id)))

    def model_file(self, token: str, run_id: str) -> bytes:
        """Return the model of a run as the bytes of a ``.keras`` file; of none that is sealed."""
        return self._inspecting.model_file(self._find(token, run_id))

    def glimpse(self, token: str, run_id: str) -> Glimpse | None:
        """Return a few weights of a run, of one in training as they are now, or None where there are none yet."""
        return self._glimpses.of(self._find(token, run_id, even_sealed=True))

    def start_kernel(self, token: str, run_id: str) -> np.ndarray | None:
        """Return the initial weights of the first layer of a run, or None if no worker can compute them now."""
        return self._inspecting.start_kernel(self._find(token, run_id))

    def frames(self, token: str, run_id: str) -> tuple[Frame, ...]:
        """Return the frames stored for a run; there are none for an old or a very wide one."""
        return self._inspecting.frames(self._find(token, run_id))

    def inspect(self, token: str, model: str, question: Question) -> np.ndarray:
        """Answer a question about a data set; repeating it costs nothing.

        Raises:
            EngineError: ``no_model``, ``still_trains``, ``hunt_sealed``.
        """
        with self._board.lock:
            workspace = self._workspaces.open(token)
        return self._inspecting.answer(workspace, self._model(token, model), question)

    def turn(self, token: str) -> AbstractContextManager[None]:
        """Return a context for computing with many images in the page's own thread: only a few do at the same time."""
        with self._board.lock:
            workspace = self._workspaces.open(token)
        return self._inspecting.turn(workspace)

    def _find(self, token: str, run_id: str, even_sealed: bool = False) -> Run:
        with self._board.lock:
            return self._workspaces.find(token, run_id, even_sealed)

    def _model(self, token: str, model: str, even_sealed: bool = False) -> Run | str:
        """Return a run, or the name of a shipped model."""
        if model not in SHIPPED:
            return self._find(token, model, even_sealed)
        with self._board.lock:
            self._workspaces.open(token)
        return model
