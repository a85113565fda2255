"""What can be written to the store, as data. Of two changes with the same key, the later replaces the earlier."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Literal

from fvapp.core.events import Event, event_to_json
from fvapp.core.examples import Example
from fvapp.core.runs import Position, RunRecord

Statement = tuple[str, tuple[object, ...]]

_OF_WORKSPACE = ("tokens", "notes", "runs", "examples")


@dataclass(frozen=True)
class NewFile:
    """A file to write, and the table whose row will name it.

    Attributes:
        at: of a checkpoint, its position in completed epochs and steps.
    """

    table: Literal["checkpoints", "frames"]
    run: str
    content: bytes
    at: tuple[int, ...] = ()


@dataclass(frozen=True)
class Change:
    """Statements of one transaction.

    Attributes:
        key: identifies what it changes.
        file: a file to write with it.
        frees: ids of runs whose files are not needed afterwards.
    """

    key: tuple[object, ...]
    statements: tuple[Statement, ...] = ()
    file: NewFile | None = None
    frees: tuple[str, ...] = ()


def workspace_changed(workspace: str, created: float, code_hash: str | None, numbers: int) -> Change:
    values = (workspace, created, code_hash, numbers)
    return Change(("workspace", workspace), (("INSERT OR REPLACE INTO workspaces VALUES (?, ?, ?, ?)", values),))


def workspace_deleted(workspace: str, runs: Sequence[str]) -> Change:
    statements = [
        ("INSERT OR IGNORE INTO dropped_tokens SELECT hash FROM tokens WHERE workspace = ?", (workspace,)),
        ("DELETE FROM workspaces WHERE id = ?", (workspace,)),
    ]
    statements += [(f"DELETE FROM {table} WHERE workspace = ?", (workspace,)) for table in _OF_WORKSPACE]
    for run in runs:
        statements += _without_run(run)
    return Change(("workspace", workspace), tuple(statements), frees=tuple(runs))


def token_made(token_hash: str, workspace: str, sealed_code: bytes | None) -> Change:
    values = (token_hash, workspace, sealed_code)
    return Change(("token", token_hash), (("INSERT OR REPLACE INTO tokens VALUES (?, ?, ?)", values),))


def token_dropped(token_hash: str) -> Change:
    """Revoke a token, remembering that it existed: it must not open a new workspace in another tab."""
    statements = (
        ("DELETE FROM tokens WHERE hash = ?", (token_hash,)),
        ("INSERT OR IGNORE INTO dropped_tokens VALUES (?)", (token_hash,)),
    )
    return Change(("token", token_hash), statements)


def run_changed(workspace: str, record: RunRecord) -> Change:
    body = json.dumps(record.to_json(), separators=(",", ":"))
    values = (record.id, workspace, record.number, record.state, record.created, body)
    statements = [("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?)", values)]
    if record.examples and not record.holds_examples:
        statements.append(("DELETE FROM held_examples WHERE run = ?", (record.id,)))
    return Change(("run", record.id), tuple(statements))


def events_added(run: str, first: int, events: Sequence[Event]) -> Change:
    """Append events.

    Args:
        first: number of events the run had before this.
    """
    body = json.dumps([event_to_json(event) for event in events], separators=(",", ":"))
    return Change(("events", run, first), (("INSERT OR REPLACE INTO events VALUES (?, ?, ?)", (run, first, body)),))


def checkpoint_made(run: str, content: bytes, at: Position) -> Change:
    return Change(("checkpoints", run), file=NewFile("checkpoints", run, content, at))


def frames_made(run: str, content: bytes) -> Change:
    """Replace the frames of a run by all there are so far."""
    return Change(("frames", run), file=NewFile("frames", run, content))


def run_deleted(run: str) -> Change:
    return Change(("run", run), tuple(_without_run(run)), frees=(run,))


def note_written(workspace: str, name: str, body: str) -> Change:
    values = (workspace, name, body)
    return Change(("note", workspace, name), (("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", values),))


def example_kept(workspace: str, example: Example) -> Change:
    values = (workspace, *astuple(example))
    statement = "INSERT OR REPLACE INTO examples VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    return Change(("example", workspace, example.id), ((statement, values),))


def example_deleted(workspace: str, example: str) -> Change:
    statement = "DELETE FROM examples WHERE workspace = ? AND id = ?"
    return Change(("example", workspace, example), ((statement, (workspace, example)),))


def examples_held(run: str, body: bytes) -> Change:
    """Keep the examples of a run with it, whatever becomes of them elsewhere."""
    return Change(("held", run), (("INSERT OR REPLACE INTO held_examples VALUES (?, ?)", (run, body)),))


def class_changed(classroom: str, body: str) -> Change:
    statement = "INSERT OR REPLACE INTO classes VALUES (?, ?)"
    return Change(("class", classroom), ((statement, (classroom, body)),))


def class_deleted(classroom: str) -> Change:
    statements = (
        ("DELETE FROM classes WHERE id = ?", (classroom,)),
        ("DELETE FROM members WHERE class = ?", (classroom,)),
    )
    return Change(("class", classroom), statements)


def member_changed(classroom: str, member: str, body: str) -> Change:
    statement = "INSERT OR REPLACE INTO members VALUES (?, ?, ?)"
    return Change(("member", classroom, member), ((statement, (classroom, member, body)),))


def member_deleted(classroom: str, member: str) -> Change:
    statement = "DELETE FROM members WHERE class = ? AND id = ?"
    return Change(("member", classroom, member), ((statement, (classroom, member)),))


def _without_run(run: str) -> list[Statement]:
    statements = [("DELETE FROM runs WHERE id = ?", (run,))]
    return statements + [
        (f"DELETE FROM {table} WHERE run = ?", (run,)) for table in ("events", "checkpoints", "frames", "held_examples")
    ]
