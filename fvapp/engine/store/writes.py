"""Describes changes to the store as data; a change replaces pending changes of the same key."""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Literal

from fvapp.core.classroom import RoundDrawing
from fvapp.core.dataset_table import CLASS, CLASS_TEXT
from fvapp.core.events import Event, event_to_json
from fvapp.core.examples import Example
from fvapp.core.runs import RunPosition, RunRecord
from fvapp.engine.api import ENDED, GONE, TAKEN

Statement = tuple[str, tuple[object, ...]]

_OF_WORKSPACE = ("tokens", "notes", "runs", "examples")


@dataclass(frozen=True)
class NewFile:
    """A file to write for a run, and the database table whose row will name the file.

    Attributes:
        checkpoint_position: a checkpoint's epoch and step; empty for a file of frames.
    """

    table_name: Literal["checkpoints", "frames"]
    run_id: str
    content: bytes
    checkpoint_position: tuple[int, ...] = ()


@dataclass(frozen=True)
class StoreChange:
    """A change to the store: statements to run, and files to write or remove, in one transaction.

    Attributes:
        change_key: identifies the changed data, such as a row by its table and primary key.
        new_file: a file to write, or None.
        freed_run_ids: ids of runs whose files are no longer needed after the change.
    """

    change_key: tuple[object, ...]
    statements: tuple[Statement, ...] = ()
    new_file: NewFile | None = None
    freed_run_ids: tuple[str, ...] = ()


def upsert_statement(table: str, *values: object) -> Statement:
    """Return the SQL statement that writes a row, in place of any row with the same key."""
    return f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(values))})", values


def _row_writing_change(key_length: int, table: str, *values: object) -> StoreChange:
    """Return the change that writes a row whose first `key_length` values are the key."""
    return StoreChange((table, *values[:key_length]), (upsert_statement(table, *values),))


def _row_deleting_change(table: str, **key: object) -> StoreChange:
    return StoreChange((table, *key.values()), (_delete_statement(table, **key),))


def store_workspace(
    workspace: str, created: float, code_hash: str | None, numbers: int
) -> StoreChange:
    return _row_writing_change(1, "workspaces", workspace, created, code_hash, numbers)


def delete_workspace(workspace: str, runs: Sequence[str]) -> StoreChange:
    statements = [
        (
            "INSERT OR IGNORE INTO dropped_tokens SELECT hash, 0 FROM tokens WHERE workspace = ?",
            (workspace,),
        ),
        _delete_statement("workspaces", id=workspace),
        *(_delete_statement(table, workspace=workspace) for table in _OF_WORKSPACE),
    ]
    for run in runs:
        statements += _delete_run_statements(run)
    return StoreChange(("workspaces", workspace), tuple(statements), freed_run_ids=tuple(runs))


def store_token(
    token_hash: str, workspace: str, sealed_code: bytes | None, scope: str
) -> StoreChange:
    return _row_writing_change(1, "tokens", token_hash, workspace, sealed_code, scope)


def revoke_token(token_hash: str, why: str = GONE) -> StoreChange:
    """Return the change that revokes a token and remembers the token as revoked.

    If the token were forgotten, it would open a new workspace in another tab of its browser.

    Args:
        why: the error code with which the token is refused from now on.
    """
    statements = (
        _delete_statement("tokens", hash=token_hash),
        upsert_statement("dropped_tokens", token_hash, (GONE, TAKEN, ENDED).index(why)),
    )
    return StoreChange(("tokens", token_hash), statements)


def store_run(workspace: str, record: RunRecord) -> StoreChange:
    body = json.dumps(record.to_json(), separators=(",", ":"))
    statements = [
        upsert_statement(
            "runs", record.id, workspace, record.number, record.state, record.created, body
        )
    ]
    if record.examples and not record.keeps_example_pixels:
        statements.append(_delete_statement("held_examples", run=record.id))
    return StoreChange(("run", record.id), tuple(statements))


def store_events(run: str, first: int, events: Sequence[Event]) -> StoreChange:
    """Return the change that appends events to a run.

    Args:
        first: number of events that are already stored for the run.
    """
    body = json.dumps([event_to_json(event) for event in events], separators=(",", ":"))
    return _row_writing_change(2, "events", run, first, body)


def store_checkpoint(run: str, content: bytes, at: RunPosition) -> StoreChange:
    return StoreChange(("checkpoints", run), new_file=NewFile("checkpoints", run, content, at))


def store_frames(run: str, content: bytes) -> StoreChange:
    """Return the change that stores or replaces a run's film (snapshots of its weights)."""
    return StoreChange(("frames", run), new_file=NewFile("frames", run, content))


def delete_run(run: str) -> StoreChange:
    return StoreChange(("run", run), tuple(_delete_run_statements(run)), freed_run_ids=(run,))


def store_note(workspace: str, name: str, body: str) -> StoreChange:
    return _row_writing_change(2, "notes", workspace, name, body)


def delete_note(workspace: str, name: str) -> StoreChange:
    return _row_deleting_change("notes", workspace=workspace, name=name)


def store_example(workspace: str, example: Example) -> StoreChange:
    return _row_writing_change(2, "examples", workspace, *astuple(example))


def delete_example(workspace: str, example: str) -> StoreChange:
    return _row_deleting_change("examples", workspace=workspace, id=example)


def store_examples_copy(run: str, body: bytes) -> StoreChange:
    """Return the change that stores a copy of a run's examples, in case they are deleted."""
    return _row_writing_change(1, "held_examples", run, body)


def store_class(classroom: str, body: str) -> StoreChange:
    return _row_writing_change(1, "classes", classroom, body)


def delete_class(classroom: str) -> StoreChange:
    of_class = (
        _delete_statement(table, **{"class": classroom}) for table in ("members", "drawings")
    )
    return StoreChange(
        ("classes", classroom), (_delete_statement("classes", id=classroom), *of_class)
    )


def store_drawing(classroom: str, drawing: RoundDrawing) -> StoreChange:
    return _row_writing_change(3, "drawings", classroom, *astuple(drawing))


def delete_drawing(classroom: str, drawing: RoundDrawing) -> StoreChange:
    key = {"class": classroom, "round": drawing.round, "seat": drawing.seat}
    return _row_deleting_change("drawings", **key)


def delete_class_copies() -> StoreChange:
    """Return the change that deletes runs' copies of drawings and texts of school classes.

    Copies of drawings are deleted only for paused runs, copies of texts for all runs. A run can
    still resume with the drawings or texts that its class keeps. Copies are deleted for all classes
    at once, because a run's row does not say which class its drawings are from.
    """
    of_class = """body LIKE '%"dataset":"{}-%'"""
    drawn = f"state = 'paused' AND {of_class.format(CLASS)}"
    return StoreChange(
        ("class copies", ""),
        (_delete_copies_statement(f"{drawn} OR {of_class.format(CLASS_TEXT)}"),),
    )


def delete_text_copies(workspace: str, digest: str) -> StoreChange:
    """Return the change that deletes copies of a visitor's own text that are stored with runs."""
    known = f'%"digest":"{digest}"%'
    statement = _delete_copies_statement("workspace = ? AND body LIKE ?", workspace, known)
    return StoreChange(("text copies", workspace, digest), (statement,))


def store_student(classroom: str, student: str, body: str) -> StoreChange:
    return _row_writing_change(2, "members", classroom, student, body)


def delete_student(classroom: str, student: str) -> StoreChange:
    return _row_deleting_change("members", **{"class": classroom}, id=student)


def _delete_copies_statement(which: str, *values: object) -> Statement:
    held = f"DELETE FROM held_examples WHERE run IN (SELECT id FROM runs WHERE {which})"
    return held, values


def _delete_statement(table: str, **where: object) -> Statement:
    return f"DELETE FROM {table} WHERE {' AND '.join(f'{column} = ?' for column in where)}", tuple(
        where.values()
    )


def _delete_run_statements(run: str) -> list[Statement]:
    tables = ("events", "checkpoints", "frames", "held_examples")
    return [
        _delete_statement("runs", id=run),
        *(_delete_statement(table, run=run) for table in tables),
    ]
