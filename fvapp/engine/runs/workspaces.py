"""Finds workspaces by token or code, loads them when first needed, and stores their contents.

`Workspaces` is not thread-safe: the engine holds its lock during every call.
"""

import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace

from fvapp.core.classroom import TestResultSeal
from fvapp.core.errors import EngineError
from fvapp.core.events import Event
from fvapp.core.runs import ACTIVE, FINISHED, RunPosition, RunRecord
from fvapp.engine.api import ENDED, GONE, TAKEN, Workspace
from fvapp.engine.runs import notes, tokens
from fvapp.engine.runs.life import record_after_restart
from fvapp.engine.runs.limits import Limits, RateLimit
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.runs.scopes import ALL, LegacySeat, TokenScope
from fvapp.engine.runs.token_rows import TokenRow, TokenRows
from fvapp.engine.runs.versions import ChangeCounter
from fvapp.engine.store import writes
from fvapp.engine.store.journal import Journal
from fvapp.engine.timing import Timing

MOST_CLICKS = 32  # clicks remembered per workspace, to recognise duplicates
MOST_EVENTS = 3_000  # number of finished runs' events kept in memory, about 2 MB


class Workspaces:
    """All workspaces opened since the server started.

    Attributes:
        hunt_seals_by_group: by group of runs, the seal that hides the runs' test results during a
            hunt (a contest between networks).
        seats_by_workspace: class and student of each workspace that has a seat in an open class.
        legacy_seats_by_workspace: seats taken with an earlier version of the app, by workspace and
            class.
        check_seats_open: raises an error if students cannot return to a class by seat code or card
            now.

    Args:
        clock: a monotonic clock, in seconds.
        wall_clock: a clock in seconds since 1970, for times that are shown.
    """

    def __init__(
        self,
        journal: Journal,
        limits: Limits,
        timing: Timing,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        self._journal = journal
        self._limits = limits
        self._timing = timing
        self._clock = clock
        self._wall_clock = wall_clock
        self._token_rows = TokenRows(journal)
        self._open_workspaces: dict[str, OpenWorkspace] = {}
        self.last_visit_at = float("-inf")  # when any visitor last used the app
        # The counter starts at the current time in milliseconds or, if the clock was set back, at
        # the last time that the clock showed before the restart. There is less than one change per
        # millisecond, so all numbers used before a restart are lower.
        self.change_counter = ChangeCounter(
            int(1000 * max(wall_clock(), journal.trusted_clock.history_before_start.last))
        )
        self.hunt_seals_by_group: dict[str | None, TestResultSeal] = {}
        self.seats_by_workspace: dict[str, tuple[str, str]] = {}
        self.legacy_seats_by_workspace: dict[str, dict[str, LegacySeat]] = {}
        self.check_seats_open: Callable[[str], None] = lambda classroom: None
        names = (
            "change_counter",
            "hunt_seals_by_group",
            "seats_by_workspace",
            "legacy_seats_by_workspace",
        )
        self._shared_attributes = {name: getattr(self, name) for name in names}
        # Finished runs whose events are in memory, the least recently viewed first
        self._runs_with_loaded_events: OrderedDict[Run, None] = OrderedDict()
        self._wrong_code_limit = RateLimit(limits.codes_a_minute, 60, "limit_codes")
        self._overall_wrong_code_limit = RateLimit(limits.codes_a_minute_all, 60, "limit_codes")

    # Methods for tokens and codes

    def enter_workspace(self, token: str | None) -> Workspace:
        if token is None or not tokens.is_token(token):
            token = tokens.new_token()
        try:
            return _describe_workspace(token, self.open_workspace(token))
        except EngineError as error:
            if error.code != "unknown_workspace":
                raise
        # For an unknown token (nothing is stored for it yet, or the store is gone), make an empty
        # workspace. The browser keeps its token.
        self._forget_empty_workspaces()
        self.last_visit_at = self._clock()
        workspace = OpenWorkspace(
            secrets.token_hex(8),
            self._wall_clock(),
            seen_at=self.last_visit_at,
            **self._shared_attributes,
        )
        self._open_workspaces[workspace.id] = workspace
        self._token_rows.add_unstored_token_row(tokens.hash_secret(token), TokenRow(workspace.id))
        return Workspace(token, was_known=False, id=workspace.id)

    def open_workspace(self, token: str | None) -> OpenWorkspace:
        """Return the workspace, or the part of a workspace, that a token opens.

        Raises:
            EngineError: ``unknown_workspace``: the token opens nothing; ``workspace_gone``: the
                token was revoked, or its workspace was deleted; ``workspace_taken``,
                ``seat_ended``, ``seat_closed``: see `WorkspaceCommands.enter_workspace`.
        """
        workspace = self._open_workspace_unchecked(token)
        if workspace.scope.only_class_id:
            self.check_seats_open(workspace.scope.only_class_id)
        return workspace

    def _open_workspace_unchecked(self, token: str | None) -> OpenWorkspace:
        if token is None or not tokens.is_token(token):
            raise EngineError("unknown_workspace")
        found = self._token_rows.find_valid_token_row(tokens.hash_secret(token))
        workspace = self.find_or_load_workspace(found.workspace_id)
        workspace.seen_at = self.last_visit_at = self._clock()
        return workspace.part_for_scope(found.scope)

    def find_open_workspace(self, workspace_id: str) -> OpenWorkspace | None:
        """Return a workspace if it was opened since the server started, else None."""
        return self._open_workspaces.get(workspace_id)

    def find_or_load_workspace(self, workspace_id: str) -> OpenWorkspace:
        """Return a workspace for internal use, without recording that its visitor is present.

        Raises:
            EngineError: ``unknown_workspace``: the workspace does not exist.
        """
        return self._open_workspaces.get(workspace_id) or self._load_workspace(workspace_id)

    def recovery_code(self, token: str) -> str:
        workspace = self.open_workspace(token)
        if workspace.scope.only_class_id:
            raise EngineError("seat_only")
        workspace = workspace.whole_workspace
        token_hash = tokens.hash_secret(token)
        found = self._token_rows.find_valid_token_row(token_hash)
        if found.encrypted_recovery_code is not None:
            return tokens.decrypt_code(found.encrypted_recovery_code, token)
        code = tokens.new_code()
        workspace.recovery_code_hash = tokens.hash_secret(code)
        self.store_workspace(workspace)
        self._token_rows.store_token_row(
            token_hash, found._replace(encrypted_recovery_code=tokens.encrypt_code(code, token))
        )
        return code

    def open_workspace_by_code(
        self,
        token: str,
        code: str,
        of_card: Callable[[str], tuple[OpenWorkspace, str] | None],
        sure: bool,
    ) -> Workspace:
        own = self._open_workspace_unchecked(token)
        now = self._clock()
        self._wrong_code_limit.check_limit(own.id, now)
        typed = tokens.parse_code(code)
        workspace = self._find_workspace_by_code(tokens.hash_secret(typed)) if typed else None
        of_seat = None if workspace or not typed else of_card(tokens.hash_secret(typed))
        if of_seat:
            return self.open_class_work(token, *of_seat, sure)
        if not workspace:
            # A correct code always works, however many wrong codes other visitors type, because
            # nobody can guess its 80 random bits.
            self._overall_wrong_code_limit.check_and_add_event("", now)
            self._wrong_code_limit.add_event(own.id, now)
            raise EngineError("unknown_code")
        if not sure and own.is_stored and own.whole_workspace is not workspace:
            raise EngineError("work_here")
        return self._open_in_new_browser(workspace, typed)

    def open_class_work(
        self, token: str, workspace: OpenWorkspace, classroom: str, sure: bool
    ) -> Workspace:
        """Let a token open a workspace's work in a class, and return the opened workspace.

        A token that already opens a part of this workspace opens the class in addition. No new
        token is made, because the browser would never receive it if the server were killed now.

        Raises:
            EngineError: ``work_here``: the token opens another workspace, which is not empty, and
                `sure` is False.
        """
        own = self._open_workspace_unchecked(token).whole_workspace
        token_hash = tokens.hash_secret(token)
        found = self._token_rows.find_valid_token_row(token_hash)
        if own is workspace:
            found = found._replace(scope=found.scope.with_class(classroom))
        elif own.is_stored and not sure:
            raise EngineError("work_here")
        else:
            own.token_count -= 1
            workspace.token_count += 1
            found = TokenRow(workspace.id, None, TokenScope(classroom))
        workspace.seen_at = self._clock()
        self._token_rows.store_token_row(token_hash, found)
        workspace.record_visible_change()
        return _describe_workspace(token, workspace)

    def take_over_class_work(self, token: str, workspace: OpenWorkspace, classroom: str) -> None:
        """Let only `token` open the work in a class; revoke tokens that then open no work."""
        for token_hash, found in self._token_rows.token_rows_of_workspace(workspace.id):
            scope = found.scope.without_class(classroom)
            if token_hash == tokens.hash_secret(token) or scope == found.scope:
                continue
            if scope is None or not _has_stored_work(workspace.part_for_scope(scope)):
                self._revoke_workspace_token(token_hash, workspace, TAKEN)
            else:
                self._token_rows.store_token_row(token_hash, found._replace(scope=scope))
        workspace.record_visible_change()

    def end_class_tokens(self, workspace: OpenWorkspace, classroom: str, closed: bool) -> None:
        """Revoke a workspace's tokens that came from seat codes or cards of a class.

        The workspace's other tokens open the work in the class again. If there are no other tokens,
        no recovery code and no work outside the class, and `closed` is False, nothing is revoked,
        and the tokens open the whole workspace from now on.

        Args:
            closed: whether the class's codes and cards open no seats now, so that the browsers have
                continued with empty workspaces.
        """
        found = self._token_rows.token_rows_of_workspace(workspace.id)
        rest = workspace.part_for_scope(TokenScope(closed_class_ids=frozenset({classroom})))
        others = (
            workspace.recovery_code_hash
            or any(row.scope.only_class_id != classroom for _, row in found)
            or _has_stored_work(rest)
        )
        for token_hash, row in found:
            if row.scope.only_class_id != classroom:
                scope = row.scope if row.scope.only_class_id else row.scope.with_class(classroom)
            elif others or closed:
                self._revoke_workspace_token(token_hash, workspace, ENDED)
                continue
            else:
                scope = ALL
            self._token_rows.store_token_row(token_hash, row._replace(scope=scope))
        workspace.record_visible_change()

    def count_browsers_of_class(self, workspace: OpenWorkspace, classroom: str) -> int:
        """Return the number of browsers that can open only a workspace's work in a class."""
        return sum(
            found.scope.only_class_id == classroom
            for _, found in self._token_rows.token_rows_of_workspace(workspace.id)
        )

    def revoke_token(self, token: str) -> OpenWorkspace:
        """Revoke a token; return its workspace, which the caller deletes if no token opens it."""
        workspace = self._open_workspace_unchecked(token).whole_workspace
        self._revoke_workspace_token(tokens.hash_secret(token), workspace, GONE)
        workspace.record_visible_change()
        return workspace

    def delete_workspace(self, workspace: OpenWorkspace) -> None:
        """Delete a workspace with all its contents and tokens."""
        self._token_rows.revoke_tokens_of_workspace(workspace.id)
        self._open_workspaces.pop(workspace.id, None)
        for run in workspace.runs.values():
            self._runs_with_loaded_events.pop(run, None)
        self._journal.queue_changes(
            writes.delete_workspace(workspace.id, [*workspace.runs, *workspace.damaged_runs])
        )
        workspace.runs.clear()
        workspace.record_visible_change()
        self.change_counter.forget_workspace(workspace.id)

    def delete_workspace_part(self, workspace: OpenWorkspace) -> None:
        """Delete the runs, examples and notes in a part of a workspace, but not its seat."""
        whole = workspace.whole_workspace
        scope = workspace.scope
        for run_id in list(workspace.runs):
            self._runs_with_loaded_events.pop(whole.runs.pop(run_id), None)
            self._journal.queue_changes(writes.delete_run(run_id))
        for example in list(workspace.examples):
            del whole.examples[example]
            self._journal.queue_changes(writes.delete_example(whole.id, example))
        for name in [name for name in whole.notes if not notes.is_note_part_of_class(name)]:
            parts = [
                whole.read_note_value(name, classroom)
                for classroom in (scope.only_class_id, *sorted(scope.closed_class_ids))
                if classroom
            ]
            self._store_note(
                whole,
                name,
                notes.note_value_without_parts(whole.read_note_value(name), parts)
                if scope.only_class_id
                else parts[-1],
            )
        whole.record_visible_change()

    # Methods for the contents of workspaces

    def store_workspace(self, workspace: OpenWorkspace) -> None:
        """Store the row of a workspace and, if it was not stored before, its tokens."""
        workspace = workspace.whole_workspace
        if not workspace.is_stored:
            workspace.is_stored = True
            for token_hash, found in self._token_rows.token_rows_of_workspace(workspace.id):
                self._token_rows.store_token_row(token_hash, found)
        self._journal.queue_changes(
            writes.store_workspace(
                workspace.id,
                workspace.created_at,
                workspace.recovery_code_hash,
                workspace.last_run_number,
            )
        )

    def update_stored_note(
        self, workspace: OpenWorkspace, name: str, change: Callable[[object | None], object]
    ) -> None:
        """Replace a note of a workspace with the result of `change`, and store the note.

        Raises:
            EngineError: ``note_too_large``: the note's text is too long; ``limit_notes``: the
                workspace has too many notes.
        """
        whole = workspace.whole_workspace
        before = workspace.read_note_value(name)
        after = json.loads(notes.write_note(change(before), self._limits.note_kb))
        known = sum(not notes.is_note_part_of_class(stored) for stored in whole.notes)
        if name not in whole.notes and known >= self._limits.notes:
            raise EngineError("limit_notes", most=self._limits.notes)
        for classroom in dict.fromkeys(["", workspace.class_id]):
            over = bool(classroom) or not workspace.scope.only_class_id
            value = notes.merge_changes(whole.read_note_value(name, classroom), before, after, over)
            unseen = bool(classroom) != bool(workspace.scope.only_class_id)
            # Ignore errors in parts of the note that this browser cannot see: a full part must not
            # prevent changes in the visible part.
            with suppress(EngineError) if unseen else nullcontext():
                self._store_note(whole, notes.name_of_note_part(name, classroom), value)
        self.store_workspace(whole)
        whole.record_visible_change()

    def delete_class_notes(self, workspace: OpenWorkspace, classroom: str) -> None:
        """Delete the parts of a workspace's notes that belong to a class, but keep the notes."""
        for name in [
            name
            for name in workspace.notes
            if notes.is_note_part_of_class(name) and name.endswith(f"@{classroom}")
        ]:
            del workspace.notes[name]
            self._journal.queue_changes(writes.delete_note(workspace.id, name))
        self.legacy_seats_by_workspace.get(workspace.id, {}).pop(classroom, None)

    def find_run(self, token: str, run_id: str, even_sealed: bool = False) -> Run:
        """Return a visitor's run by its id. All commands on runs must use this method.

        Args:
            even_sealed: whether to return even a run whose results are hidden during a contest (a
                hunt), for callers that show only :attr:`Run.record_without_sealed_results` and
                :meth:`Run.events_without_sealed_results`. All other commands are refused until the
                hunt's results are revealed.

        Raises:
            EngineError: ``unknown_workspace``: the token opens nothing; ``unknown_run``: the
                visitor has no such run; ``hunt_sealed``: the run's results are hidden, and
                `even_sealed` is False.
        """
        run = self.open_workspace(token).runs.get(run_id)
        if run is None:
            raise EngineError("unknown_run")
        return run if even_sealed else run.require_unsealed_run()

    def add_run(self, workspace: OpenWorkspace, record: RunRecord, events: list[Event]) -> Run:
        """Add a run with the next number to a workspace; the caller must store the run's record."""
        classroom = workspace.class_id
        workspace = workspace.whole_workspace
        workspace.last_run_number += 1
        record = replace(
            record,
            number=workspace.last_run_number,
            created=self._wall_clock(),
            events=len(events),
            classroom=classroom,
        )
        run = Run(workspace, record, events=events)
        workspace.runs[record.id] = run
        self.store_workspace(workspace)
        return run

    def store_checkpoint(self, run: Run, content: bytes, at: RunPosition) -> None:
        """Store a checkpoint, from which a run can resume, and replace the earlier checkpoint."""
        run.checkpoint_position = at
        run.checkpoint_bytes = len(content)
        self._journal.queue_changes(writes.store_checkpoint(run.record.id, content, at))

    def find_runs_of_click(
        self, workspace: OpenWorkspace, click: str | None
    ) -> tuple[RunRecord, ...]:
        """Return the runs that this click created within ``Timing.duplicate_click_seconds``.

        If one of these runs was lost, none is returned, because the visitor then wants new runs.
        """
        when, ids = workspace.recent_clicks.get(click or "", (0.0, ()))
        records = tuple(
            workspace.runs[run_id].record_without_sealed_results
            for run_id in ids
            if run_id in workspace.runs
        )
        if (
            not records
            or self._clock() - when > self._timing.duplicate_click_seconds
            or any(record.state == "lost" for record in records)
        ):
            return ()
        # A series of repeated clicks counts as one click, however long it lasts.
        self.remember_runs_of_click(workspace, click, records)
        return records

    def remember_runs_of_click(
        self, workspace: OpenWorkspace, click: str | None, records: Sequence[RunRecord]
    ) -> None:
        """Remember which runs a click created."""
        if click is not None:
            workspace.recent_clicks[click] = (self._clock(), tuple(record.id for record in records))
            workspace.recent_clicks.move_to_end(click)
            while len(workspace.recent_clicks) > MOST_CLICKS:
                workspace.recent_clicks.popitem(last=False)

    def store_run(self, run: Run) -> None:
        """Store a run's record and new events, unless a thread is storing the run's result."""
        if not run.is_storing_result and run.record.id in run.workspace.runs:
            self.store_run_record(run, run.record, run.events or ())

    def store_run_record(self, run: Run, record: RunRecord, events: Sequence[Event]) -> None:
        """Store a run's record, and those of its events that are not stored yet."""
        if run.stored_event_count < len(events):
            self._journal.queue_changes(
                writes.store_events(
                    record.id, run.stored_event_count, events[run.stored_event_count :]
                )
            )
            run.stored_event_count = len(events)
        self._journal.queue_changes(writes.store_run(run.workspace.id, record))

    def load_events(self, run: Run) -> list[Event]:
        """Return the events of a run; read them from the store if they are not in memory."""
        if run.events is None:
            try:
                events = self._journal.store.read_events(run.record.id)
                if len(events) < run.record.events:
                    raise EngineError("run_damaged")
            except EngineError as error:
                if error.code == "run_damaged":
                    self._mark_run_damaged(run)
                raise
            run.events = events
            run.stored_event_count = len(run.events)
        if run.record.state not in ACTIVE:
            self._runs_with_loaded_events[run] = None
            self._runs_with_loaded_events.move_to_end(run)
            self._unload_events()
        return run.events

    def read_damaged_run(self, token: str, run_id: str) -> bytes:
        """Return everything stored for a run that can no longer be read, as JSON.

        Raises:
            EngineError: ``unknown_run``: the visitor has no such damaged run; ``hunt_sealed``: the
                run belongs to a hunt (a contest between networks) whose results are not revealed
                yet.
        """
        if run_id not in self.open_workspace(token).damaged_runs:
            raise EngineError("unknown_run")
        rows = self._journal.store.read_raw_run_rows(run_id)
        content = json.dumps(rows, ensure_ascii=True, default=repr, indent=1)
        if any(group in content for group in self.hunt_seals_by_group if group):
            raise EngineError("hunt_sealed")
        return content.encode()

    # Private methods

    def _mark_run_damaged(self, run: Run) -> None:
        """List a run as damaged, because its record could be read, but its events could not."""
        if run.record.id in run.workspace.runs and run.record.state not in ACTIVE:
            del run.workspace.runs[run.record.id]
            run.workspace.damaged_runs.append(run.record.id)
            run.workspace.record_visible_change()

    def _open_in_new_browser(self, workspace: OpenWorkspace, code: str | None) -> Workspace:
        """Make a new token for a workspace, and return the workspace as opened by this token."""
        token = tokens.new_token()
        workspace.token_count += 1
        workspace.seen_at = self._clock()
        self._token_rows.store_token_row(
            tokens.hash_secret(token),
            TokenRow(workspace.id, tokens.encrypt_code(code, token) if code else None),
        )
        return _describe_workspace(token, workspace)

    def _revoke_workspace_token(self, token_hash: str, workspace: OpenWorkspace, why: str) -> None:
        self._token_rows.revoke_token(token_hash, why)
        workspace.token_count -= 1

    def _store_note(self, workspace: OpenWorkspace, name: str, value: object) -> None:
        """Store the value of a note, but do not create a note if the value is None."""
        if value is None and name not in workspace.notes:
            return
        text = notes.write_note(value, self._limits.note_kb)
        if workspace.notes.get(name) != text:
            workspace.notes[name] = text
            self._journal.queue_changes(writes.store_note(workspace.id, name, text))

    def _find_workspace_by_code(self, code_hash: str) -> OpenWorkspace | None:
        for workspace in self._open_workspaces.values():
            if workspace.recovery_code_hash == code_hash:
                return workspace
        found = self._journal.store.find_workspace_by_code(code_hash)
        return self._open_workspaces.get(found) or self._load_workspace(found) if found else None

    def _load_workspace(self, workspace_id: str) -> OpenWorkspace:
        store = self._journal.store
        created, code, numbers, known = store.read_workspace(workspace_id)
        workspace = OpenWorkspace(
            workspace_id, created, code, numbers, known, is_stored=True, **self._shared_attributes
        )
        workspace.notes = store.read_notes(workspace_id)
        examples = store.read_examples(workspace_id)
        workspace.examples = {example.id: example for example in examples if example}
        workspace.are_notes_readable = all(
            notes.is_readable_note(text) for text in workspace.notes.values()
        ) and all(examples)
        for run_id, record, at, size, frames_size in store.read_runs(workspace_id):
            if record is None:
                workspace.damaged_runs.append(run_id)
                continue
            run = Run(
                workspace,
                record_after_restart(record, at),
                None,
                record.events,
                at,
                size,
                frames_size,
            )
            workspace.runs[run_id] = run
            workspace.is_newcomer &= run.record.state not in FINISHED
            if run.record is not record:
                self.store_run(run)
        self._open_workspaces[workspace_id] = workspace
        return workspace

    def _unload_events(self) -> None:
        """Drop the events of the least recently viewed runs from memory, if they are stored."""
        total = sum(len(run.events) for run in self._runs_with_loaded_events if run.events)
        while (
            total > MOST_EVENTS
            and len(self._runs_with_loaded_events) > 1
            and self._journal.write_error is None
        ):
            run, _ = self._runs_with_loaded_events.popitem(last=False)
            if (
                run.events
                and run.stored_event_count == len(run.events)
                and run.record.state not in ACTIVE
            ):
                total -= len(run.events)
                run.events = None

    def _forget_empty_workspaces(self) -> None:
        """If there are too many empty workspaces, forget those that were seen longest ago.

        Stored workspaces are never empty, and are kept.
        """
        if len(self._open_workspaces) < self._limits.workspaces:
            return
        empty = sorted(
            (workspace for workspace in self._open_workspaces.values() if not workspace.is_stored),
            key=lambda workspace: workspace.seen_at,
        )
        if len(empty) < self._limits.workspaces:
            return
        gone = {workspace.id for workspace in empty[: max(1, len(empty) // 10)]}
        self._open_workspaces = {
            key: workspace for key, workspace in self._open_workspaces.items() if key not in gone
        }
        self._token_rows.forget_tokens_of_workspaces(gone)


_OF_PAGES = ("settings", "draw")  # notes in which pages keep their state


def _has_stored_work(workspace: OpenWorkspace) -> bool:
    """Return whether a workspace has contents other than the notes in which pages keep state."""
    names = {name for name in workspace.notes if not notes.is_note_part_of_class(name)} - set(
        _OF_PAGES
    )
    return bool(workspace.runs or workspace.examples or any(map(workspace.read_note_value, names)))


def _describe_workspace(token: str, workspace: OpenWorkspace) -> Workspace:
    whole = workspace.are_notes_readable and not workspace.damaged_runs
    return Workspace(token, True, whole, workspace.id, workspace.scope.closed_class_ids)
