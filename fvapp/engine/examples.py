"""Commands with the visitor's own examples: keep, relabel, delete, load, learn from them, teach them to a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.dataset_table import DATASETS, own_name
from fvapp.core.documents.example_files import FileExample, read_examples
from fvapp.core.errors import EngineError, ExampleError, FvappError
from fvapp.core.examples import (
    MOST,
    Example,
    ExampleSet,
    check_enough,
    check_label,
    example_id,
    make_example,
    place_for,
)
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import OwnExamples
from fvapp.engine.runs import notes
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.limits import Rate
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.runs.shares import EXAMPLE_BYTES
from fvapp.engine.runs.taken import taken_by
from fvapp.engine.runs.teaching import check_teachable, taught_record
from fvapp.engine.store import writes
from fvapp.engine.workers.transfers import Delivery

_MOMENT = 1e-5  # seconds between two examples of one file, so that their order is known


_OWN_SET = "own_set"  # the note with the name of the visitor's own data set


def _own_set_of(workspace: OpenWorkspace) -> str | None:
    found = notes.read(workspace.notes.get(_OWN_SET))
    return found if isinstance(found, str) and found in DATASETS and DATASETS[found].own else None


class Added(NamedTuple):
    """What came of a file: how many examples are new, and how many were there before, whatever their labels."""

    new: int
    known: int


class Examples:
    """Commands with a visitor's own examples; each may raise what every command of the engine may."""

    def __init__(self, board: Board, delivery: Delivery) -> None:
        self._board, self._workspaces, self._journal, self._delivery = board, board.workspaces, board.journal, delivery
        self._teachings = Rate(board.limits.teachings_a_minute, 60, "limit_teachings")

    def keep(self, token: str, dataset: str, image: np.ndarray, label: int, source: str = "drawing") -> Example:
        """Keep an image with its label, and return the example. The same image with the same label is kept once.

        Args:
            image: uint8 [28, 28], as the network was given it.
            source: "drawing", "picture" or "photo".

        Raises:
            ExampleError: ``bad_image``, ``example_label``, ``example_dataset``; ``example_kept``: this image is kept
                with another label, perhaps by another tab.
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
        """Return the visitor's examples of a data set, or all, in the order in which they were kept."""
        with self._board.lock:
            examples = tuple(self._workspaces.open(token).examples.values())
        return tuple(each for each in examples if dataset in (None, each.dataset))

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
        """Name the classes of the visitor's own data set, and return its name; its drawings move along.

        A class that goes takes its drawings with it.

        Args:
            names: as typed.
            earlier: for each name, which class of the set before it was; another number is a new class.

        Raises:
            DatasetError: as ``own_name``.
        """
        dataset = own_name(names)
        with self._board.changing():
            workspace = self._workspaces.open(token)
            before = _own_set_of(workspace)
            moved = [each for each in workspace.examples.values() if before is not None and each.dataset == before]
            if dataset != before:
                labels = {label: new for new, label in enumerate(earlier)}
                self.drop(workspace, moved)
                for each in moved:
                    if each.label in labels:
                        own = example_id(dataset, each.pixels)
                        self._put(workspace, replace(each, id=own, dataset=dataset, label=labels[each.label]))
                self._workspaces.change_note(workspace, _OWN_SET, lambda _: dataset)
            return dataset

    def own_set(self, token: str) -> str | None:
        """Return the name of the visitor's own data set, or None where its classes have no names yet."""
        with self._board.lock:
            return _own_set_of(self._workspaces.open(token))

    def delete(self, token: str, examples: Sequence[str]) -> None:
        """Delete examples, from the database's copies too; runs that wait or are paused keep what they need of them.

        Raises:
            EngineError: ``unknown_example``: one of them is not there; then none is deleted.
        """
        with self._board.changing():
            workspace = self._workspaces.open(token)
            self.drop(workspace, self.found(workspace, examples))

    def bring_back(self, token: str, dataset: str, content: bytes) -> Added:
        """Add the examples of a file, all or none: an ``.npz`` or a ZIP, see ``core.documents.example_files``.

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
        """Return the examples that a run learns or learned from, for its run file or another run like it.

        Raises:
            EngineError: ``examples_gone``: some were deleted or relabelled since; ``not_now``: it has none.
        """
        with self._board.lock:
            return taken_by(self._workspaces.find(token, run_id), self._journal)

    def teach(self, token: str, model: str, examples: Sequence[str], mixed: bool) -> RunRecord:
        """Have the network of a run learn a few examples, at once, and return the new run that is to be taught.

        It is "running" until it is "done" with an outcome, or "lost". It is no training: it waits in no queue, has no
        curve, and is not continued. The parent stays as it is. The same again within ``Timing.same_click`` is the same
        click, come twice.

        Args:
            model: the id of one of the visitor's runs; the name of a data set is refused by its own name.
            examples: ids of one to `MOST_TAUGHT` examples of the run's data set.
            mixed: whether old training images are mixed in.

        Raises:
            EngineError: ``teach_not_own``, ``teach_trains``, ``teach_outputs``, ``teach_no_weights``, ``teach_nan``,
                ``teach_dataset``, ``unknown_example``, ``limit_taught``, ``limit_teachings``.
        """
        with self._board.lock:
            workspace, now = self._workspaces.open(token), self._board.clock()
            if model in DATASETS:
                raise EngineError("teach_not_own")
            parent = self._workspaces.find(token, model)
            chosen = sorted(self.found(workspace, examples), key=lambda each: each.id)  # as in their arrays
            check_teachable(parent, chosen)
            others = [
                each for each in workspace.examples.values() if each.dataset == chosen[0].dataset and each not in chosen
            ]
        checkpoint = self._weights(parent)
        ids = [each.id for each in chosen]
        click = " ".join(["teach", model, str(mixed), *ids])
        with self._board.changing():
            workspace = self._workspaces.open(token)  # deleted meanwhile, perhaps
            before = self._workspaces.clicked(workspace, click, self._board.timing.same_click)
            if before:
                return before[0]
            self._teachings.check(workspace.id, now)
            address = self._free_worker()
            self._board.check_stored(workspace, 1, len(checkpoint))
            self._teachings.add(workspace.id, now)
            run = self._workspaces.add(workspace, taught_record(parent.record, ids, mixed), [])
            run.ending = True  # nothing else may write its record until it has been taught
            self._workspaces.note_click(workspace, click, [run.record])
        self._delivery.teach(
            run,
            address,
            settings=parent.record.settings.to_json(),
            checkpoint=checkpoint,
            taught=ExampleSet.of(chosen).to_bytes(),
            others=ExampleSet.of(others).to_bytes(),
            ids=ids,
            temperature=parent.record.result.temperature if parent.record.result else 1.0,
            mixed=bool(mixed),
        )
        return run.record

    # For the engine, with the lock held

    def add(
        self, workspace: OpenWorkspace, dataset: str, given: Sequence[FileExample], held_out: int | None = None
    ) -> Added:
        """Keep examples, all or none. One that is there already stays as it is.

        Args:
            held_out: 2 holds back every second of these, and so on; None: as if each were kept by itself.

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

    def take(
        self, workspace: OpenWorkspace, settings: RunSettings, like: Run | None
    ) -> tuple[OwnExamples, ExampleSet] | None:
        """Return the examples for a run with these settings, or None where it learns from none.

        Args:
            like: a run whose examples are taken; None for all there are now.

        Raises:
            EngineError: ``no_examples``: there are none of its data set to learn from; ``examples_gone``.
            ExampleError: ``own_too_few``: of a class of an own data set.
        """
        if not settings.takes_examples:
            return None
        if like is not None:
            return like.record.examples, taken_by(like, self._journal)
        own = [each for each in workspace.examples.values() if each.dataset == settings.dataset]
        if settings.data.own:
            check_enough(settings.data, own)
        learn = sum(each.place == "learn" for each in own)
        if not learn:
            raise EngineError("no_examples", dataset=settings.data.term("name"))
        arrays = ExampleSet.of(own)
        return OwnExamples(learn, len(own) - learn, arrays.digest, own[-1].kept), arrays

    def hold(self, run_id: str, examples: ExampleSet) -> None:
        """Keep the examples of a run with it, until it has been trained."""
        self._journal.note(writes.examples_held(run_id, examples.to_bytes()))

    def found(self, workspace: OpenWorkspace, examples: Sequence[str]) -> list[Example]:
        """Return examples by their ids.

        Raises:
            EngineError: ``unknown_example``.
        """
        found = [workspace.examples.get(each) for each in dict.fromkeys(examples)]
        if None in found:
            raise EngineError("unknown_example")
        return found

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
        return make_example(dataset, image, label, source, kept, others)

    def _check_room(self, workspace: OpenWorkspace, count: int) -> None:
        if len(workspace.examples) + count > MOST:
            raise EngineError("limit_examples", most=MOST)
        self._board.check_stored(workspace, 0, count * EXAMPLE_BYTES)

    def _put(self, workspace: OpenWorkspace, example: Example) -> None:
        workspace.examples[example.id] = example
        self._workspaces.keep(workspace)
        self._journal.note(writes.example_kept(workspace.id, example))
        workspace.changed()

    def _weights(self, parent: Run) -> bytes:
        """Return the checkpoint of a run, whose weights are numbers."""
        try:
            checkpoint = self._journal.checkpoint(parent.record.id) or b""
            weights = Checkpoint.weights_from_bytes(checkpoint)
        except FvappError:
            raise EngineError("teach_no_weights") from None
        if not all(np.isfinite(weight).all() for weight in weights):
            raise EngineError("teach_nan")
        return checkpoint

    def _free_worker(self) -> str:
        """Return the address of a worker, one that does nothing else if there is one.

        Raises:
            EngineError: ``not_ready``: there is none.
        """
        self._board.need_worker()
        workers = [each for each in self._board.workers.values() if not each.leaving]
        if not workers:
            raise EngineError("not_ready")
        busy = self._delivery.teaching
        return min(workers, key=lambda each: (busy[each.address], each.run is not None, not each.warm)).address
