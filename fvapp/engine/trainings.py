"""Creates and queues training runs, for a visitor or for a round of a school class."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from fvapp.core.arithmetic import Arithmetic, arithmetic_for_network
from fvapp.core.events import Event
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import OwnExamples
from fvapp.engine.inbox import Inbox, WakeUp
from fvapp.engine.runs import OpenWorkspace, Run, SharedEngineState


class TrainingStarter:
    """Creates and queues training runs; every method is called with the engine's lock held.

    Args:
        convolutions: the number format in which new runs compute convolutions.
    """

    def __init__(
        self, engine_state: SharedEngineState, inbox: Inbox, convolutions: Arithmetic
    ) -> None:
        self._engine_state = engine_state
        self._inbox = inbox
        self._convolution_arithmetic = convolutions

    def queue_runs(
        self,
        workspace: OpenWorkspace,
        settings: Sequence[RunSettings],
        group: str | None,
        examples: Sequence[OwnExamples | None] = (),
        events: Sequence[Event] = (),
        first: bool = False,
    ) -> list[Run]:
        """Queue one run for each item of `settings`; if a limit would be exceeded, queue none.

        Args:
            examples: for each run, the summary of the visitor's examples it uses, or None.
            events: the events with which each run begins.
            first: whether the runs are queued before all other runs of the workspace.
        """
        records = [self._new_run_record(run_settings, group) for run_settings in settings]
        if examples:
            records = [
                replace(record, examples=own) for record, own in zip(records, examples, strict=True)
            ]
        self._engine_state.admit_runs(workspace, records)
        runs = [
            self._engine_state.workspaces.add_run(workspace, record, list(events))
            for record in records
        ]
        for run in runs:
            self._engine_state.lifecycle.submit_run(run, first)
        return runs

    def queue_round_runs_first(
        self, workspace: OpenWorkspace, settings: Sequence[RunSettings], group: str
    ) -> None:
        """Queue a student's runs for a joint class task before all other runs of the workspace."""
        self.queue_runs(workspace, settings, group, first=True)
        self._inbox.post_message(WakeUp())

    def _new_run_record(self, settings: RunSettings, group: str | None) -> RunRecord:
        arithmetic = arithmetic_for_network(settings, self._convolution_arithmetic)
        run_id = secrets.token_urlsafe(12)
        return RunRecord(
            run_id, 0, settings, epochs=settings.epochs, group=group, arithmetic=arithmetic
        )
