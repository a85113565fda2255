"""Commands with the visitor's own examples: keep, relabel, delete, load; and those that runs
learned from.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from fvapp.core.dataset_table import DATASETS, own_name
from fvapp.core.documents.example_files import FileExample, read_examples
from fvapp.core.errors import EngineError, ExampleError
from fvapp.core.examples import (
    MOST,
    Example,
    ExampleSet,
    check_label,
    example_id,
    make_example,
    place_for,
)
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.open_workspace import OpenWorkspace
from fvapp.engine.runs.shares import EXAMPLE_BYTES
from fvapp.engine.runs.taken import Taken
from fvapp.engine.store import writes

_MOMENT = 1e-5  # seconds between two examples of one file, so that their order is known


_OWN_SET = "own_set"  # the note with the name of the visitor's own data set


def _own_set_of(workspace: OpenWorkspace) -> str | None:
    found = workspace.note(_OWN_SET)
    return found if isinstance(found, str) and found in DATASETS and DATASETS[found].own else None


class Added(NamedTuple):
    """What came of a file: how many examples are new, and how many were there before, whatever
    their labels.
    """

    new: int
    known: int


class Examples:
    """Commands with a visitor's own examples; each may raise what every command of the
    engine may.
    """

    def __init__(self, board: Board, taken: Taken) -> None:
        self._board = board
        self._workspaces = board.workspaces
        self._journal = board.journal
        self._taken = taken

    def keep(
        self, token: str, dataset: str, image: np.ndarray, label: int, source: str = "drawing"
    ) -> Example:
        """Keep an image with its label, and return the example. The same image with the same label
        is kept once.

        Args:
            image: uint8 [28, 28], as the network was given it.
            source: "drawing", "picture" or "photo".

        Raises:
            ExampleError: ``bad_image``, ``example_label``, ``example_dataset``: no such data set,
                or one of a class; ``example_kept``: this image is kept with another label, perhaps
                by another tab.
            EngineError: ``limit_examples``.
        """
        with self._board.changing():
            workspace = self._workspaces.open(token)
            made = self._made(workspace, dataset, image, label, source)
            before = workspace.examples.get(made.id)
            if before is None:
                self._check_room(workspace, 1)
                self._put(workspace, made)
            elif before.label != made.label:
                raise ExampleError("example_kept")
            return before or made

    def kept(self, token: str, dataset: str | None = None) -> tuple[Example, ...]:
        """Return the examples of a data set that there are for the visitor, or all of their own, as
        they were kept.
        """
        with self._board.lock:
            workspace = self._workspaces.open(token)
            return (
                tuple(workspace.examples.values())
                if dataset is None
                else self._taken.now(workspace, dataset)
            )

    def relabel(self, token: str, example: str, label: int) -> Example:
        """Give an example another label, and with it a place among the others of that class.

        Raises:
            EngineError: ``unknown_example``: it was deleted meanwhile.
            ExampleError: ``example_label``.
        """
        with self._board.changing():
            workspace = self._workspaces.open(token)
            (before,) = self.found(workspace, [example])
            if before.label == check_label(label, before.dataset):
                return before
            others = [each for each in workspace.examples.values() if each is not before]
            place = place_for(before.dataset, label, others)
            self._put(workspace, changed := replace(before, label=int(label), place=place))
            return changed

    def name_classes(self, token: str, names: Sequence[str], earlier: Sequence[int] = ()) -> str:
        """Name the classes of the visitor's own data set, and return its name; its drawings move
        along.

        A class that goes takes its drawings with it.

        Args:
            names: as typed.
            earlier: for each name, which class of the set before it was; another number is a new
                class.

        Raises:
            DatasetError: as ``own_name``.
        """
        dataset = own_name(names)
        with self._board.changing():
            workspace = self._workspaces.open(token)
            before = _own_set_of(workspace)
            moved = [
                each
                for each in workspace.examples.values()
                if before is not None and each.dataset == before
            ]
            if dataset != before:
                labels = {label: new for new, label in enumerate(earlier)}
                self.drop(workspace, moved)
                for each in moved:
                    if each.label in labels:
                        own = example_id(dataset, each.pixels)
                        self._put(
                            workspace,
                            replace(each, id=own, dataset=dataset, label=labels[each.label]),
                        )
                self._workspaces.change_note(workspace, _OWN_SET, lambda _: dataset)
            return dataset

    def own_set(self, token: str) -> str | None:
        """Return the name of the visitor's own data set, or None where its classes have no names
        yet.
        """
        with self._board.lock:
            return _own_set_of(self._workspaces.open(token))

    def delete(self, token: str, examples: Sequence[str]) -> None:
        """Delete examples, from the database's copies too; runs that wait or are paused keep what
        they need of them.

        Raises:
            EngineError: ``unknown_example``: one of them is not there; then none is deleted.
        """
        with self._board.changing():
            workspace = self._workspaces.open(token)
            self.drop(workspace, self.found(workspace, examples))

    def bring_back(self, token: str, dataset: str, content: bytes) -> Added:
        """Add the examples of a file, all or none: an ``.npz`` or a ZIP, see
        ``core.documents.example_files``.

        An example that is there already stays as it is.

        Raises:
            ExampleError: as ``read_examples`` and :meth:`keep` without ``example_kept``.
            EngineError: ``limit_examples``, ``limit_imports``.
        """
        with self._board.changing():
            self._board.imports.take(self._workspaces.open(token).id, self._board.clock())
        read = read_examples(content, dataset)
        with self._board.changing():
            return self.add(self._workspaces.open(token), dataset, read)

    def of_run(self, token: str, run_id: str) -> ExampleSet:
        """Return the examples that a run learns or learned from, for its run file or another run
        like it.

        Raises:
            EngineError: ``examples_gone``: some were deleted or relabelled since; ``not_now``: it
                has none.
        """
        with self._board.lock:
            return self._taken.of(self._workspaces.find(token, run_id))

    # For the engine, with the lock held

    def add(
        self,
        workspace: OpenWorkspace,
        dataset: str,
        given: Sequence[FileExample],
        held_out: int | None = None,
    ) -> Added:
        """Keep examples, all or none. One that is there already stays as it is.

        Args:
            held_out: 2 holds back every second of these, and so on; None: as if each were kept by
                itself.

        Raises:
            ExampleError, EngineError: as :meth:`bring_back`.
        """
        new: dict[str, Example] = {}
        for image, label, source in given:
            made = self._made(workspace, dataset, image, label, source, tuple(new.values()))
            if held_out is not None:
                made = replace(made, place=place_for(dataset, made.label, new.values(), held_out))
            if made.id not in workspace.examples:
                new.setdefault(made.id, made)
        self._check_room(workspace, len(new))
        for each in new.values():
            self._put(workspace, each)
        return Added(len(new), len(given) - len(new))

    def drop(self, workspace: OpenWorkspace, examples: Sequence[Example]) -> None:
        """Delete examples, as :meth:`delete`."""
        for each in examples:
            del workspace.examples[each.id]
            self._journal.note(writes.example_deleted(workspace.id, each.id))
        self._journal.renew_copies()
        workspace.changed()

    def found(self, workspace: OpenWorkspace, examples: Sequence[str]) -> list[Example]:
        """Return examples by their ids.

        Raises:
            EngineError: ``unknown_example``.
        """
        try:
            return [workspace.examples[each] for each in dict.fromkeys(examples)]
        except KeyError:
            raise EngineError("unknown_example") from None

    # Inside

    def _made(
        self,
        workspace: OpenWorkspace,
        dataset: str,
        image: np.ndarray,
        label: int,
        source: str,
        new: Sequence[Example] = (),
    ) -> Example:
        others = [*workspace.examples.values(), *new]
        now = self._board.wall()
        kept = max(now, others[-1].kept + _MOMENT) if others else now
        made = replace(
            make_example(dataset, image, label, source, kept, others), classroom=workspace.classroom
        )
        if made.id in workspace.whole.examples and made.id not in workspace.examples:
            return replace(made, id=example_id(dataset, made.pixels, made.classroom))
        return made

    def _check_room(self, workspace: OpenWorkspace, count: int) -> None:
        if len(workspace.examples) + count > MOST:
            raise EngineError("limit_examples", most=MOST)
        self._board.check_stored(workspace, 0, count * EXAMPLE_BYTES)

    def _put(self, workspace: OpenWorkspace, example: Example) -> None:
        workspace.examples[example.id] = example
        self._workspaces.keep(workspace)
        self._journal.note(writes.example_kept(workspace.id, example))
        workspace.changed()
