"""Helpers for tests of the store: a run with events, and direct access to the database."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from fvapp.core.events import BlockEnded, EpochEnded
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings

BLOCK = BlockEnded(1, 75, loss=1.25, accuracy=0.5)
EPOCH = EpochEnded(1, loss=0.5, accuracy=0.8, val_loss=None, val_accuracy=None, seconds=0.4)
DONE = RunRecord(
    "id",
    1,
    RunSettings(hidden=(64, 32)),
    "done",
    epochs=5,
    epoch=5,
    result=RunResult(0.4, 0.88, 2.5),
)


def database(folder):
    return folder / "fvapp.sqlite3"


def write_store(folder: Path, name: str, files: Mapping[str, bytes], tally: str = "") -> Path:
    """Write a store as an earlier version left it; return its folder.

    The store consists of ``engine/store/<name>.sql`` and of model files.
    """
    (folder / "checkpoints").mkdir(parents=True)
    for file, content in files.items():
        (folder / "checkpoints" / file).write_bytes(content)
    if tally:
        (folder / "fvapp.tally").write_text(tally.ljust(512))
    with closing(sqlite3.connect(database(folder), isolation_level=None)) as db:
        db.executescript(
            (Path(__file__).parent / "engine" / "store" / f"{name}.sql").read_text(encoding="utf-8")
        )
    return folder


def database_of(engine):
    """Return the engine's own connection, on which a test can simulate a full disk.

    A disk that is really full affects other programs, too.
    """
    return engine._journal.store._db


def visited(engine):
    """Return the engine, and the token of a new visitor."""
    return engine, engine.workspaces.enter_workspace(None).token


def other_process(folder):
    """Connect to the database as another program would."""
    return closing(sqlite3.connect(database(folder), isolation_level=None))


def count_rows(folder, table: str) -> int:
    """Return how many rows a table of the database has, as another program reads it."""
    with other_process(folder) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def store_error(engine) -> str | None:
    """Return the code of the error that the engine reports about its store, or None."""
    return engine.engine_status().store_error_code
