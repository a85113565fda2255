"""Defines the classes of the workspaces and runs that the engine holds in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from fvapp.core.classroom import TestResultSeal
from fvapp.core.errors import EngineError
from fvapp.core.events import EpochEnded, Event, RunStarted
from fvapp.core.examples import Example
from fvapp.core.inspection import NO_FRAMES
from fvapp.core.missions.progress import NOTE
from fvapp.core.preparation.strokes import CANVAS_NAME
from fvapp.core.runs import Reason, RunPosition, RunRecord
from fvapp.engine.runs import notes
from fvapp.engine.runs.scopes import ALL, LegacySeat, ScopedView, TokenScope
from fvapp.engine.runs.versions import ChangeCounter

ENDING = "ending"
"""The phase of a run after its worker has finished it, while its result is being stored."""


@dataclass(eq=False)
class Run:
    """A run as the engine holds it in memory. Times are those of the engine's clock.

    Attributes:
        events: the run's events; None while they are only in the store.
        stored_event_count: number of the run's events that the journal has.
        checkpoint_position: position of the run's checkpoint; None if it has no checkpoint.
        checkpoint_bytes, frames_bytes: sizes of the run's checkpoint and frames.
        attempt: number that grows whenever a worker gets or loses the run; messages about earlier
            attempts are ignored.
        worker_address: address of the worker that has the run.
        last_requested_action: what the worker was last asked to do with the run: "run", "stop" or
            "pause".
        requested_at: when the worker was last asked to run, stop or pause.
        request_reason: the reason for the request, which pages show.
        must_change_worker: whether the PC that trains the run is leaving or silent. The run then
            continues on another worker automatically, but only once (`has_changed_worker`), because
            the run may be what makes one PC after another fail.
        is_storing_result: whether the run's result is being stored, so that nothing else may write
            its record.
        waiting_since: when the run was queued.
        training_since: when the run was given to its worker.
        last_heard_at: when the worker last reported on the run, or was last sent a request.
        estimated_seconds: estimated training time left when the run was queued.
        queue_sort_key: the run's sort key in the queue, see :mod:`fvapp.engine.runs.queue`.
    """

    workspace: OpenWorkspace
    record: RunRecord
    events: list[Event] | None = None
    stored_event_count: int = 0
    checkpoint_position: RunPosition | None = None
    checkpoint_bytes: int = 0
    frames_bytes: int = 0
    attempt: int = 0
    worker_address: str | None = None
    last_requested_action: str = "run"
    requested_at: float = 0.0
    request_reason: Reason | None = None
    must_change_worker: bool = False
    has_changed_worker: bool = False
    is_storing_result: bool = False
    waiting_since: float = 0.0
    training_since: float = 0.0
    last_heard_at: float = 0.0
    estimated_seconds: float = 0.0
    queue_sort_key: float = 0.0

    @property
    def loaded_events(self) -> list[Event]:
        """The run's events, which are in memory while the run waits or trains.

        Raises:
            EngineError: ``run_damaged``: the events are not in memory.
        """
        if self.events is None:
            raise EngineError("run_damaged")
        return self.events

    @property
    def can_change_worker(self) -> bool:
        """Whether the run, if its worker is gone, continues on another worker automatically."""
        wanted = self.last_requested_action == "run" or self.request_reason == "moved"
        return (
            self.must_change_worker
            and wanted
            and not self.has_changed_worker
            and self.checkpoint_position is not None
        )

    @property
    def active_hunt_seal(self) -> TestResultSeal | None:
        """The seal that hides the run's test accuracy during a hunt (a contest); else None."""
        return self.workspace.hunt_seals_by_group.get(self.record.group)

    @property
    def record_without_sealed_results(self) -> RunRecord:
        """The run's record, without the results that stay hidden during a hunt (a contest)."""
        return (
            self.active_hunt_seal.hide_hunt_result(self.record)
            if self.active_hunt_seal
            else self.record
        )

    def events_without_sealed_results(self, events: Sequence[Event]) -> Sequence[Event]:
        """Return the given events, without results that stay hidden during a hunt (a contest)."""
        return (
            self.active_hunt_seal.drop_test_result_events(events)
            if self.active_hunt_seal
            else events
        )

    def require_unsealed_run(self) -> Run:
        """Return the run, unless its results are hidden during a hunt (a contest).

        Raises:
            EngineError: ``hunt_sealed``: the results are hidden.
        """
        if self.active_hunt_seal:
            raise EngineError("hunt_sealed")
        return self

    @property
    def film_bytes(self) -> int:
        """Size in bytes of the run's film (recorded weights), which may be deleted to make room."""
        return max(0, self.frames_bytes - len(NO_FRAMES))

    @property
    def life_phase(self) -> str:
        """The run's state, or `ENDING` while the result of its training is being stored."""
        return ENDING if self.is_storing_result else self.record.state

    @property
    def is_training(self) -> bool:
        """Whether a worker has the run, and its result is not being stored yet."""
        return self.record.state == "running" and not self.is_storing_result

    @property
    def seconds_left(self) -> float | None:
        """Seconds of training left, estimated from the last three epochs; None in epoch 1."""
        events = self.events or ()
        record = self.record
        seconds = [event.seconds for event in events if isinstance(event, EpochEnded)][-3:]
        if not seconds:
            return None
        steps = next(
            (event.steps_per_epoch for event in events if isinstance(event, RunStarted)), 0
        )
        return (record.epochs - record.epoch - (record.step / steps if steps else 0.0)) * fmean(
            seconds
        )

    def update_record_and_notify(self, record: RunRecord, urgent: bool = True) -> None:
        """Replace the run's record, and notify pages. Called for new events, too.

        Args:
            urgent: whether pages show the change at once; False for a new place in the queue.
        """
        self.record = record
        self.workspace.record_visible_change(urgent)


@dataclass(eq=False)
class OpenWorkspace:
    """A workspace as the engine holds it in memory.

    Attributes:
        recovery_code_hash: hash of the workspace's recovery code; None if it has no code.
        last_run_number: the highest number that a run of the workspace has had.
        token_count: number of browsers that can open the workspace.
        is_stored: whether the workspace is in the store; an empty workspace is not stored.
        seen_at: when a visitor last used the workspace, on the engine's clock.
        is_newcomer: whether no run of the workspace has ended yet.
        damaged_runs: ids of stored runs that can no longer be read; these runs are kept until the
            visitor deletes them.
        are_notes_readable: whether every stored note and example could be read; unreadable notes
            and examples are left out.
        examples: the visitor's own examples, by id, in the order in which they were kept.
        recent_clicks: recent clicks, with their times and the runs they created.
        change_counter: counts the changes that a visitor can see.
        hunt_seals_by_group: by group of runs, the seal that hides the runs' test results during a
            hunt (a contest between networks).
        seats_by_workspace: class and student of each workspace that has a seat in an open class.
        legacy_seats_by_workspace: seats taken with an earlier version of the app, by workspace and
            class.
        page_data_by_scope: for each scope, the data that pages keep in memory, by name.

    A note (JSON data stored by a page) holds the visitor's latest work, in whatever class it was
    done. For each class in which the visitor has a seat, a separate part of the note holds the work
    done in that class.
    """

    id: str
    created_at: float
    recovery_code_hash: str | None = None
    last_run_number: int = 0
    token_count: int = 1
    is_stored: bool = False
    seen_at: float = 0.0
    is_newcomer: bool = True
    runs: dict[str, Run] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    are_notes_readable: bool = True
    examples: dict[str, Example] = field(default_factory=dict)
    page_data_by_scope: dict[TokenScope, dict[str, bytes]] = field(default_factory=dict)
    damaged_runs: list[str] = field(default_factory=list)
    recent_clicks: OrderedDict[str, tuple[float, tuple[str, ...]]] = field(
        default_factory=OrderedDict
    )
    change_counter: ChangeCounter = field(default_factory=lambda: ChangeCounter(0))
    hunt_seals_by_group: Mapping[str | None, TestResultSeal] = field(default_factory=dict)
    seats_by_workspace: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    legacy_seats_by_workspace: Mapping[str, dict[str, LegacySeat]] = field(default_factory=dict)

    scope = ALL

    @property
    def whole_workspace(self) -> OpenWorkspace:
        return self

    @property
    def teacher_id(self) -> str:
        """The id under which the workspace owns the school classes that it teaches."""
        return self.id

    @property
    def page_data_by_name(self) -> dict[str, bytes]:
        """Data that pages keep in memory for the workspace, by name; it is never stored on disk."""
        return self.page_data_by_scope.setdefault(self.scope, {})

    @property
    def class_id(self) -> str:
        """Id of the school class to which the visitor's new work belongs; empty outside classes."""
        return self.seats_by_workspace.get(self.id, ("", ""))[0]

    def part_for_scope(self, scope: TokenScope) -> OpenWorkspace:
        """Return the part of the workspace that a token with this scope opens."""
        return self if scope == ALL else WorkspacePart(self, scope)  # type: ignore[return-value]  # WorkspacePart forwards all other attributes

    def canvas_drawings_in_class(self, classroom: str) -> list[bytes]:
        """Return the current canvas drawings of all browsers that open the work in a class."""
        seen = [
            memory
            for scope, memory in self.page_data_by_scope.items()
            if scope.includes_class(classroom)
        ]
        return [
            data for memory in seen for name, data in memory.items() if name.startswith(CANVAS_NAME)
        ]

    def class_id_of_run(self, record: RunRecord) -> str:
        """Return the id of the school class in which a run was started; empty outside classes."""
        earlier = (
            self.legacy_seats_by_workspace.get(self.id, {}).items() if not record.classroom else ()
        )
        return record.classroom or next(
            (classroom for classroom, seat in earlier if seat.includes_run(record)), ""
        )

    def read_note_value(self, name: str, classroom: str = "") -> object | None:
        """Return the value of a note, or of its part for a class; None if it does not exist."""
        found = notes.read_note(self.notes.get(notes.name_of_note_part(name, classroom)))
        seat = self.legacy_seats_by_workspace.get(self.id, {}).get(classroom)
        if found is not None or seat is None or name != NOTE:
            return found
        progress = self.read_note_value(name)
        return (
            {mission: progress[mission] for mission in seat.mission_ids if mission in progress}
            if isinstance(progress, dict)
            else None
        )

    def record_visible_change(self, urgent: bool = True) -> None:
        """Record a change that a visitor can see.

        Args:
            urgent: whether pages show the change as soon as they can.
        """
        self.change_counter.record_visible_change(self.id, urgent)


class WorkspacePart:
    """The part of a workspace that a token opens; commands of this token see only this part.

    Attributes that are not defined here are those of the whole workspace.
    """

    def __init__(self, whole: OpenWorkspace, scope: TokenScope) -> None:
        self.whole_workspace = whole
        self.scope = scope

    def __getattr__(self, name: str) -> object:
        return getattr(self.whole_workspace, name)

    @property
    def class_id(self) -> str:
        seat = self.whole_workspace.class_id
        return self.scope.only_class_id or (seat if self.scope.includes_class(seat) else "")

    @property
    def teacher_id(self) -> str:
        return "" if self.scope.only_class_id else self.whole_workspace.id

    @property
    def page_data_by_name(self) -> dict[str, bytes]:
        return self.whole_workspace.page_data_by_scope.setdefault(self.scope, {})

    @property
    def runs(self) -> MutableMapping[str, Run]:
        return ScopedView(
            self.whole_workspace.runs,
            lambda run: self.scope.includes_class(self.whole_workspace.class_id_of_run(run.record)),
        )

    @property
    def examples(self) -> MutableMapping[str, Example]:
        return ScopedView(
            self.whole_workspace.examples,
            lambda example: self.scope.includes_class(example.classroom),
        )

    @property
    def notes(self) -> Mapping[str, str]:
        """Texts of the notes in this part, by name.

        If a token opens the work in only one class, these are the notes' parts for this class. For
        work done with an earlier version of the app, which kept no parts, all notes are included.
        """
        if (
            not self.scope.only_class_id
            or self.scope.only_class_id
            in self.whole_workspace.legacy_seats_by_workspace.get(self.whole_workspace.id, {})
        ):
            return self.whole_workspace.notes
        of_class = notes.name_of_note_part("", self.scope.only_class_id)
        return {
            name: text
            for name, text in self.whole_workspace.notes.items()
            if name.endswith(of_class)
        }

    @property
    def damaged_runs(self) -> list[str]:
        """Always empty, because it is unknown to which class damaged runs belong."""
        return []

    def read_note_value(self, name: str) -> object | None:
        if self.scope.only_class_id:
            return self.whole_workspace.read_note_value(name, self.scope.only_class_id)
        hidden = [
            self.whole_workspace.read_note_value(name, classroom)
            for classroom in sorted(self.scope.closed_class_ids)
        ]
        return notes.note_value_without_parts(self.whole_workspace.read_note_value(name), hidden)
