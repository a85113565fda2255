"""Finds the examples on which runs train: the visitor's own, or those drawn by their class."""

from collections.abc import Callable

from fvapp.core.dataset_table import DATASETS
from fvapp.core.errors import EngineError
from fvapp.core.examples import HELD_OUT_EVERY, Example, ExampleSet, check_enough_examples
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import OwnExamples
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.store import writes
from fvapp.engine.store.journal import Journal


class RunExamples:
    """Finds and holds runs' examples; every method is called with the engine's lock held.

    Args:
        class_examples: takes a workspace, the name of a data set, and whether only open classes
            count; returns the examples of each data set of this name that a class of the workspace
            has drawn. The data sets of classes and of visitors never have the same name.
    """

    def __init__(
        self,
        journal: Journal,
        class_examples: Callable[[OpenWorkspace, str, bool], list[tuple[Example, ...]]],
    ) -> None:
        self._journal = journal
        self._class_examples = class_examples

    def current_examples(self, workspace: OpenWorkspace, dataset: str) -> tuple[Example, ...]:
        """Return a visitor's current examples of a data set, or else those of the class."""
        own = tuple(
            example for example in workspace.examples.values() if example.dataset == dataset
        )
        if own and DATASETS[dataset].text:
            own = own[-1:]  # use only the latest text; each school class may have a text
        return own or next(iter(self._class_examples(workspace, dataset, True)), ())

    def examples_of_run(self, run: Run) -> ExampleSet:
        """Return a run's examples: the copy held for the run, or else the unchanged originals.

        Raises:
            EngineError: ``examples_gone``: some examples were deleted or relabelled since;
                ``not_now``: the run has no examples.
        """
        record = run.record
        workspace = run.workspace
        if record.examples is None:
            raise EngineError("not_now")
        found: list[ExampleSet] = []
        if record.keeps_example_pixels and (held := self._journal.read_examples_copy(record.id)):
            found.append(ExampleSet.from_bytes(held, record.settings.dataset_info))
        elif record.examples.until is not None:
            sets = [
                tuple(workspace.examples.values()),
                *self._class_examples(workspace, record.settings.dataset, False),
            ]
            known = [
                [
                    example
                    for example in examples
                    if example.dataset == record.settings.dataset
                    and example.kept <= record.examples.until
                ]
                for examples in sets
            ]
            if record.settings.dataset_info.text:
                known = [[text] for texts in known for text in texts]
            found += map(ExampleSet.from_examples, known)
        for fold in range(HELD_OUT_EVERY):
            for examples in found:
                if (
                    of_fold := examples.with_held_out_fold(fold)
                ).content_digest == record.examples.digest:
                    return of_fold
        raise EngineError("examples_gone")

    def choose_examples_for_run(
        self, workspace: OpenWorkspace, settings: RunSettings, like: Run | None, fold: int = 0
    ) -> tuple[OwnExamples, ExampleSet] | None:
        """Return the examples for a run with these settings, or None if the run uses none.

        Args:
            like: an earlier run whose examples are used; None for all current examples.
            fold: the fold of the current examples that is held out, as in
                ``ExampleSet.with_held_out_fold``.

        Raises:
            EngineError: ``no_examples``: the data set has no examples to train on;
                ``examples_gone``: examples of the earlier run were deleted or relabelled.
            ExampleError: there are too few examples, see ``check_enough_examples``.
        """
        if not settings.learns_from_own_examples:
            return None
        if like is not None:
            if like.record.examples is None:
                raise EngineError("examples_gone")
            return like.record.examples, self.examples_of_run(like)
        taken = self.current_examples(workspace, settings.dataset)
        if settings.dataset_info.is_own:
            check_enough_examples(settings.dataset_info, taken, settings.uses_only_own_data)
        arrays = ExampleSet.from_examples(taken).with_held_out_fold(fold)
        learn = arrays.count_examples("learn")
        if not learn:
            raise EngineError("no_examples", dataset=settings.dataset_info.dataset_text_key("name"))
        return OwnExamples(
            learn, arrays.count_examples("test"), arrays.content_digest, taken[-1].kept
        ), arrays

    def store_examples_copy(self, run_id: str, examples: ExampleSet) -> None:
        """Store a copy of a run's examples, which is kept until the run has been trained.

        The run can then be trained even if the originals are deleted.
        """
        self._journal.queue_changes(writes.store_examples_copy(run_id, examples.to_bytes()))
