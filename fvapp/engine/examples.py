"""Commands that keep, relabel, delete, import and list a visitor's own examples and text."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from fvapp.core.dataset_table import DATASETS, make_own_dataset_name
from fvapp.core.documents.example_files import FileExample, read_examples_file
from fvapp.core.errors import EngineError, ExampleError
from fvapp.core.examples import (
    MOST_EXAMPLES,
    Example,
    ExampleSet,
    check_example_label,
    choose_learn_or_test,
    make_example,
    make_example_id,
    make_text_example,
)
from fvapp.core.texts.own import check_text_length, read_own_text
from fvapp.engine.runs import EXAMPLE_BYTES, OpenWorkspace, RunExamples, SharedEngineState
from fvapp.engine.store import writes

# seconds between the stored times of examples added at once, to preserve their order
_MOMENT = 1e-5


_OWN_SET = "own_set"  # the workspace's note that stores the name of the visitor's own data set


def _read_own_data_set_name(workspace: OpenWorkspace) -> str | None:
    found = workspace.read_note_value(_OWN_SET)
    return (
        found if isinstance(found, str) and found in DATASETS and DATASETS[found].is_own else None
    )


def _own_text_examples(workspace: OpenWorkspace) -> list[Example]:
    return [each for each in workspace.examples.values() if each.text]


class ImportCount(NamedTuple):
    """How many examples in an imported file were new, and how many the visitor already had."""

    new_examples: int
    known_examples: int


class ExampleCommands:
    """Commands on a visitor's own examples; each may raise the errors of `EmbeddedEngine`."""

    def __init__(self, engine_state: SharedEngineState, run_examples: RunExamples) -> None:
        self._engine_state = engine_state
        self._workspaces = engine_state.workspaces
        self._journal = engine_state.journal
        self._run_examples = run_examples

    def keep_example(
        self, token: str, dataset: str, image: np.ndarray, label: int, source: str = "drawing"
    ) -> Example:
        """Store an image with its label as an example, if it is new, and return the example.

        Args:
            image: uint8 [28, 28], as passed to the network.
            source: "drawing", "picture" or "photo".

        Raises:
            ExampleError: ``bad_image``: the image has another type or shape; ``example_label``: the
                data set has no class with this label; ``example_dataset``: there is no such data
                set, or it belongs to a class; ``example_kept``: the image was already kept with
                another label, perhaps in another tab.
            EngineError: ``limit_examples``: the visitor has too many examples.
        """
        with self._engine_state.edit_workspace(token) as workspace:
            made = self._make_example(workspace, dataset, image, label, source)
            before = workspace.examples.get(made.id)
            if before is None:
                self._check_example_limit(workspace, 1)
                self._store_example(workspace, made)
            elif before.label != made.label:
                raise ExampleError("example_kept")
            return before or made

    def kept_examples(self, token: str, dataset: str | None = None) -> tuple[Example, ...]:
        """Return the examples, oldest first, that a visitor or their class has for a data set.

        Args:
            dataset: the data set's name; None for all of the visitor's own examples.
        """
        with self._engine_state.locked_workspace(token) as workspace:
            return (
                tuple(workspace.examples.values())
                if dataset is None
                else self._run_examples.current_examples(workspace, dataset)
            )

    def relabel_example(self, token: str, example: str, label: int) -> Example:
        """Change an example's label, reassign the example to training or testing, and return it.

        Raises:
            EngineError: ``unknown_example``: the example was deleted meanwhile.
            ExampleError: ``example_label``: the data set has no class with this label.
        """
        with self._engine_state.edit_workspace(token) as workspace:
            (before,) = self.find_examples(workspace, [example])
            if before.label == check_example_label(label, before.dataset):
                return before
            others = [example for example in workspace.examples.values() if example is not before]
            place = choose_learn_or_test(before.dataset, label, others)
            self._store_example(
                workspace, changed := replace(before, label=int(label), place=place)
            )
            return changed

    def name_data_set_classes(
        self, token: str, names: Sequence[str], earlier: Sequence[int] = ()
    ) -> str:
        """Name the classes of the visitor's own data set, and return the data set's new name.

        If a class is renamed or moved, its drawings stay in the class. If a class is removed, its
        drawings are deleted.

        Args:
            names: names of the classes, as typed.
            earlier: for each name, the index of its class among the current classes; any other
                number, such as -1, stands for a new class.

        Raises:
            DatasetError: the names are invalid, see ``make_own_dataset_name``.
        """
        dataset = make_own_dataset_name(names)
        with self._engine_state.edit_workspace(token) as workspace:
            before = _read_own_data_set_name(workspace)
            moved = [
                example for example in workspace.examples.values() if example.dataset == before
            ]
            if dataset != before:
                labels = {label: new for new, label in enumerate(earlier)}
                self.delete_examples_of_workspace(workspace, moved)
                for example in moved:
                    if example.label in labels:
                        own = make_example_id(dataset, example.pixels)
                        self._store_example(
                            workspace,
                            replace(example, id=own, dataset=dataset, label=labels[example.label]),
                        )
                self._workspaces.update_stored_note(workspace, _OWN_SET, lambda _: dataset)
            return dataset

    def own_data_set_name(self, token: str) -> str | None:
        """Return the name of the visitor's own data set, or None if its classes are unnamed."""
        with self._engine_state.locked_workspace(token) as workspace:
            return _read_own_data_set_name(workspace)

    def store_own_text(self, token: str, typed: str, base: str) -> Example:
        """Store the visitor's own text, as networks read it, in place of their earlier text.

        Args:
            base: name of the text data set that the text can be mixed into.

        Raises:
            ExampleError: the text is unreadable (``read_own_text``), too short or too long
                (``check_text_length``).
            EngineError: ``limit_examples``: the visitor has too many examples.
        """
        with self._engine_state.edit_workspace(token) as workspace:
            read = read_own_text(typed, base)
            check_text_length(read.text, DATASETS[read.dataset_name], alone=False)
            made = make_text_example(
                read.dataset_name, read.text, self._engine_state.wall_clock(), workspace.class_id
            )
            if made.id not in workspace.examples:
                self._engine_state.check_disk_space(workspace, 0, len(made.pixels))
                before = [
                    each
                    for each in _own_text_examples(workspace)
                    if each.classroom == made.classroom
                ]
                self.delete_examples_of_workspace(workspace, before)
                self._store_example(workspace, made)
            return made

    def own_text(self, token: str) -> Example | None:
        """Return the visitor's own text (the latest if there are several), or None."""
        with self._engine_state.locked_workspace(token) as workspace:
            return next(reversed(_own_text_examples(workspace)), None)

    def delete_examples(self, token: str, examples: Sequence[str]) -> None:
        """Delete examples, including those in the backup copies of the database.

        Waiting and paused runs keep their own copies of drawings. They keep no copy of a text, and
        cannot continue after the text is deleted.

        Raises:
            EngineError: ``unknown_example``: an example does not exist, so none is deleted.
        """
        with self._engine_state.edit_workspace(token) as workspace:
            self.delete_examples_of_workspace(workspace, self.find_examples(workspace, examples))

    def import_example_file(self, token: str, dataset: str, content: bytes) -> ImportCount:
        """Add the examples of an ``.npz`` or ZIP file (see ``documents.example_files``).

        If one example cannot be added, none is added. Examples that already exist are not changed.

        Raises:
            ExampleError: the file is damaged (``read_examples_file``), or an example in it is
                invalid (:meth:`keep_example`).
            EngineError: ``limit_examples``, ``limit_imports``: the visitor has too many examples,
                or has imported too many files.
        """
        self._engine_state.count_imported_file(token)
        read = read_examples_file(content, dataset)
        with self._engine_state.edit_workspace(token) as workspace:
            return self.add_examples(workspace, dataset, read)

    def examples_of_run(self, token: str, run_id: str) -> ExampleSet:
        """Return the visitor's examples that a run uses, to export them or train a similar run.

        Raises:
            EngineError: ``examples_gone``: some of the examples were deleted or relabelled since;
                ``not_now``: the run uses none of the visitor's own examples.
        """
        with self._engine_state.lock:
            return self._run_examples.examples_of_run(self._workspaces.find_run(token, run_id))

    # Methods called by other parts of the engine, with the lock held

    def add_examples(
        self,
        workspace: OpenWorkspace,
        dataset: str,
        given: Sequence[FileExample],
        held_out: int | None = None,
    ) -> ImportCount:
        """Add the given examples to a data set, except examples that the data set already has.

        If a limit would be exceeded, none is added.

        Args:
            held_out: 2 to use every second example for testing, 3 for every third, and so on; None
                to choose examples for testing as if they were added one by one.

        Raises:
            ExampleError, EngineError: an example is invalid, or a limit is exceeded.
        """
        new: dict[str, Example] = {}
        for image, label, source in given:
            made = self._make_example(workspace, dataset, image, label, source, tuple(new.values()))
            if held_out is not None:
                made = replace(
                    made, place=choose_learn_or_test(dataset, made.label, new.values(), held_out)
                )
            if made.id not in workspace.examples:
                new.setdefault(made.id, made)
        self._check_example_limit(workspace, len(new))
        for example in new.values():
            self._store_example(workspace, example)
        return ImportCount(len(new), len(given) - len(new))

    def delete_examples_of_workspace(
        self, workspace: OpenWorkspace, examples: Sequence[Example]
    ) -> None:
        """Delete examples, including those in the backup copies of the database."""
        for each in examples:
            del workspace.examples[each.id]
            self._journal.queue_changes(writes.delete_example(workspace.id, each.id))
            if each.text:
                digest = ExampleSet.from_examples([each]).content_digest
                self._journal.queue_changes(writes.delete_text_copies(workspace.id, digest))
        self._journal.mark_database_copies_outdated()
        workspace.record_visible_change()

    def find_examples(self, workspace: OpenWorkspace, examples: Sequence[str]) -> list[Example]:
        """Return the workspace's examples that have the given ids.

        Raises:
            EngineError: ``unknown_example``: there is no example with one of the ids.
        """
        try:
            return [workspace.examples[example] for example in dict.fromkeys(examples)]
        except KeyError:
            raise EngineError("unknown_example") from None

    # Private methods

    def _make_example(
        self,
        workspace: OpenWorkspace,
        dataset: str,
        image: np.ndarray,
        label: int,
        source: str,
        new: Sequence[Example] = (),
    ) -> Example:
        others = [*workspace.examples.values(), *new]
        now = self._engine_state.wall_clock()
        kept = max(now, others[-1].kept + _MOMENT) if others else now
        made = replace(
            make_example(dataset, image, label, source, kept, others), classroom=workspace.class_id
        )
        if made.id in workspace.whole_workspace.examples and made.id not in workspace.examples:
            return replace(made, id=make_example_id(dataset, made.pixels, made.classroom))
        return made

    def _check_example_limit(self, workspace: OpenWorkspace, count: int) -> None:
        if len(workspace.examples) + count > MOST_EXAMPLES:
            raise EngineError("limit_examples", most=MOST_EXAMPLES)
        self._engine_state.check_disk_space(workspace, 0, count * EXAMPLE_BYTES)

    def _store_example(self, workspace: OpenWorkspace, example: Example) -> None:
        workspace.examples[example.id] = example
        self._workspaces.store_workspace(workspace)
        self._journal.queue_changes(writes.store_example(workspace.id, example))
        workspace.record_visible_change()
