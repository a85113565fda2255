"""Changes to the store, as data; a later change replaces an earlier one with the same key."""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Literal

from fvapp.core.classroom import RoundDrawing
from fvapp.core.dataset_table import CLASS, CLASS_TEXT
from fvapp.core.events import Event, event_to_json
from fvapp.core.examples import Example
from fvapp.core.runs import Position, RunRecord
from fvapp.engine.api import ENDED, GONE, TAKEN

Statement = tuple[str, tuple[object, ...]]

_OF_WORKSPACE = ("tokens", "notes", "runs", "examples")


@dataclass(frozen=True)
class NewFile:
    """A file to write, and the table whose row will name it.

    Attributes:
        at: a checkpoint's position in completed epochs and steps.
    """

    table: Literal["checkpoints", "frames"]
    run: str
    content: bytes
    at: tuple[int, ...] = ()


@dataclass(frozen=True)
class StoreChange:
    """Statements to run in one transaction.

    Attributes:
        key: identifies what it changes.
        file: a file to write with it.
        frees: ids of runs whose files are no longer needed afterwards.
    """

    key: tuple[object, ...]
    statements: tuple[Statement, ...] = ()
    file: NewFile | None = None
    frees: tuple[str, ...] = ()


def upsert(table: str, *values: object) -> Statement:
    """Return the statement that writes a row, replacing the one with its key."""
    return f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(values))})", values


def _put_row(key_length: int, table: str, *values: object) -> StoreChange:
    """Return the change that writes a row; its first `key_length` values are its key."""
    return StoreChange((table, *values[:key_length]), (upsert(table, *values),))


def _drop_row(table: str, **key: object) -> StoreChange:
    return StoreChange((table, *key.values()), (_delete(table, **key),))


def workspace_changed(
    workspace: str,
    created: float,
    code_hash: str | None,
    numbers: int,
) -> StoreChange:
    return _put_row(1, "workspaces", workspace, created, code_hash, numbers)


def workspace_deleted(workspace: str, runs: Sequence[str]) -> StoreChange:
    statements = [
        (
            "INSERT OR IGNORE INTO dropped_tokens SELECT hash, 0 FROM tokens WHERE workspace = ?",
            (workspace,),
        ),
        _delete("workspaces", id=workspace),
        *(_delete(table, workspace=workspace) for table in _OF_WORKSPACE),
    ]
    for run in runs:
        statements += _without_run(run)
    return StoreChange(("workspaces", workspace), tuple(statements), frees=tuple(runs))


def token_made(
    token_hash: str,
    workspace: str,
    sealed_code: bytes | None,
    scope: str,
) -> StoreChange:
    return _put_row(1, "tokens", token_hash, workspace, sealed_code, scope)


def token_dropped(token_hash: str, why: str = GONE) -> StoreChange:
    """Revoke a token, but remember it, so that it does not open a new workspace in another tab.

    Args:
        why: the error code with which it is refused from now on.
    """
    statements = (
        _delete("tokens", hash=token_hash),
        upsert("dropped_tokens", token_hash, (GONE, TAKEN, ENDED).index(why)),
    )
    return StoreChange(("tokens", token_hash), statements)


def run_changed(workspace: str, record: RunRecord) -> StoreChange:
    body = json.dumps(record.to_json(), separators=(",", ":"))
    statements = [
        upsert(
            "runs",
            record.id,
            workspace,
            record.number,
            record.state,
            record.created,
            body,
        )
    ]
    if record.examples and not record.keeps_example_pixels:
        statements.append(_delete("held_examples", run=record.id))
    return StoreChange(("run", record.id), tuple(statements))


def events_added(run: str, first: int, events: Sequence[Event]) -> StoreChange:
    """Append events.

    Args:
        first: number of events the run had before this.
    """
    body = json.dumps([event_to_json(event) for event in events], separators=(",", ":"))
    return _put_row(2, "events", run, first, body)


def checkpoint_made(run: str, content: bytes, at: Position) -> StoreChange:
    return StoreChange(("checkpoints", run), file=NewFile("checkpoints", run, content, at))


def frames_made(run: str, content: bytes) -> StoreChange:
    """Replace a run's frames with all those taken so far."""
    return StoreChange(("frames", run), file=NewFile("frames", run, content))


def run_deleted(run: str) -> StoreChange:
    return StoreChange(("run", run), tuple(_without_run(run)), frees=(run,))


def store_note(workspace: str, name: str, body: str) -> StoreChange:
    return _put_row(2, "notes", workspace, name, body)


def note_deleted(workspace: str, name: str) -> StoreChange:
    return _drop_row("notes", workspace=workspace, name=name)


def example_kept(workspace: str, example: Example) -> StoreChange:
    return _put_row(2, "examples", workspace, *astuple(example))


def example_deleted(workspace: str, example: str) -> StoreChange:
    return _drop_row("examples", workspace=workspace, id=example)


def examples_held(run: str, body: bytes) -> StoreChange:
    """Store examples with a run, whatever happens to them elsewhere."""
    return _put_row(1, "held_examples", run, body)


def class_changed(classroom: str, body: str) -> StoreChange:
    return _put_row(1, "classes", classroom, body)


def class_deleted(classroom: str) -> StoreChange:
    of_class = (_delete(table, **{"class": classroom}) for table in ("members", "drawings"))
    return StoreChange(("classes", classroom), (_delete("classes", id=classroom), *of_class))


def drawing_kept(classroom: str, drawing: RoundDrawing) -> StoreChange:
    return _put_row(3, "drawings", classroom, *astuple(drawing))


def drawing_deleted(classroom: str, drawing: RoundDrawing) -> StoreChange:
    key = {"class": classroom, "round": drawing.round, "seat": drawing.seat}
    return _drop_row("drawings", **key)


def class_copies_deleted() -> StoreChange:
    """Delete paused runs' copies of classes' drawings, and all runs' copies of classes' texts.

    A run can still resume with what its class has. The copies of all classes go at once, because a
    run's row does not say whose drawings it holds.
    """
    of_class = """body LIKE '%"dataset":"{}-%'"""
    drawn = f"state = 'paused' AND {of_class.format(CLASS)}"
    return StoreChange(
        ("class copies", ""),
        (_copies_deleted(f"{drawn} OR {of_class.format(CLASS_TEXT)}"),),
    )


def text_copies_deleted(workspace: str, digest: str) -> StoreChange:
    """Delete the copies of the visitor's own text in runs that wait, train or are paused."""
    known = f'%"digest":"{digest}"%'
    statement = _copies_deleted("workspace = ? AND body LIKE ?", workspace, known)
    return StoreChange(("text copies", workspace, digest), (statement,))


def student_changed(classroom: str, student: str, body: str) -> StoreChange:
    return _put_row(2, "members", classroom, student, body)


def student_deleted(classroom: str, student: str) -> StoreChange:
    return _drop_row("members", **{"class": classroom}, id=student)


def _copies_deleted(which: str, *values: object) -> Statement:
    held = f"DELETE FROM held_examples WHERE run IN (SELECT id FROM runs WHERE {which})"
    return held, values


def _delete(table: str, **where: object) -> Statement:
    return f"DELETE FROM {table} WHERE {' AND '.join(f'{column} = ?' for column in where)}", tuple(
        where.values()
    )


def _without_run(run: str) -> list[Statement]:
    tables = ("events", "checkpoints", "frames", "held_examples")
    return [_delete("runs", id=run), *(_delete(table, run=run) for table in tables)]
