"""The own examples that a run learned from: those that were held for it, or those of its workspace up to then."""

from __future__ import annotations

from fvapp.core.errors import EngineError
from fvapp.core.examples import ExampleSet
from fvapp.engine.runs.open_workspace import Run
from fvapp.engine.store.journal import Journal


def taken_by(run: Run, journal: Journal) -> ExampleSet:
    """Return the examples of a run; called with the engine's lock.

    Raises:
        EngineError: ``examples_gone``: some were deleted or relabelled since; ``not_now``: it has none.
    """
    record = run.record
    if record.examples is None:
        raise EngineError("not_now")
    if record.holds_examples:
        held = journal.held_examples(record.id)
        found = ExampleSet.from_bytes(held, record.settings.classes) if held else None
    else:
        of_data = (each for each in run.workspace.examples.values() if each.dataset == record.settings.dataset)
        found = ExampleSet.of(each for each in of_data if each.kept <= record.examples.until)
    if found is None or found.digest != record.examples.digest:
        raise EngineError("examples_gone")
    return found
