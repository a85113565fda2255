"""A seat that moves to another browser while the server is killed has moved, with its work, or has not."""

import multiprocessing
import os
import random
import signal
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic, sleep

import pytest

from engine.classroom.conftest import Room, begin
from fvapp.core.errors import EngineError
from fvapp.core.missions.class_time import LESSON
from fvapp.core.settings import RunSettings
from scripted_engine import ScriptedEngine

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["engine.classroom.test_killed_moves"])


@pytest.fixture
def forks(monkeypatch):
    """Let the process that makes children find what it imports for all of them once."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


def move(home: Path, token: str, code: str, parent: Connection) -> None:
    """Move a seat beside a thread that stores what there is, as the engine's own does, and say how long it took."""
    engine = ScriptedEngine(home)

    def store() -> None:
        while True:
            engine._journal.flush()

    threading.Thread(target=store, daemon=True).start()
    parent.send("ready")
    began = monotonic()
    engine.returning.come_back(token, code)
    parent.send(monotonic() - began)
    signal.pause()


class Move:
    """A class in a folder of its own whose student has a run, and a code for the seat that another browser types."""

    def __init__(self, home: Path) -> None:
        self.home, engine = home, begin(ScriptedEngine(home))
        teacher = engine.workspaces.enter(None).token
        room = Room(engine, teacher, engine.teachers.open(teacher, "8b", "en", LESSON).id)
        engine.teachers.try_word(teacher, True)
        self.old, self.new = room.join("Mia"), engine.workspaces.enter(None).token
        self.run = engine.runs.submit(self.old, [RunSettings(epochs=1)])[0].id
        engine.finish()
        engine.notes.write(self.new, "drawings", [])  # the other browser has something too, so it is known again
        self.code = engine.returning.new_code(teacher, room.id, room.student("Mia"))[0]
        engine.close()

    def kill_after(self, seconds: float | None) -> float | None:
        """Kill the server so long after the code was typed, None for once it has answered; return when that was."""
        own, others = FORKS.Pipe()
        child = FORKS.Process(target=move, args=(self.home, self.new, self.code, others), daemon=True)
        child.start()
        assert own.recv() == "ready"
        if seconds is None:
            seconds = own.recv()
        else:
            sleep(seconds)
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        return seconds

    def seated(self) -> list[str]:
        """Return who has the seat and its run after a restart: "old", "new"."""
        engine, found = begin(ScriptedEngine(self.home)), []
        for name in ("old", "new"):
            try:
                token = getattr(self, name)
                if engine.students.seat(token) and engine.runs.get(token, self.run):
                    found.append(name)
            except EngineError as error:
                assert error.code == "workspace_taken"
        if found == ["old"]:  # then the code has not been used
            engine.returning.come_back(self.new, self.code)
        engine.close()
        return found


@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.long)])
def test_a_seat_move_that_a_kill_cuts_is_whole_or_not_begun(tmp_path, forks, kills):
    chance = random.Random(kills)
    takes = Move(tmp_path / "whole").kill_after(None)
    ends = []
    for kill in range(kills):
        cut = Move(tmp_path / str(kill))
        cut.kill_after(chance.uniform(0.0, 1.5 * takes))
        ends.append(cut.seated())
    assert all(end in (["old"], ["new"]) for end in ends), ends
    print(f"{kills} kills within {1_000 * takes:.0f} ms: {ends.count(['old'])} not begun, {ends.count(['new'])} whole")


def test_what_a_command_changes_is_stored_at_once_whatever_else_is_stored_meanwhile(room, monkeypatch):
    engine, journal = room.engine, room.engine._journal
    engine.teachers.try_word(room.teacher, True)
    room.join("Mia")
    code, _ = room.returning.new_code(room.student("Mia"))
    note, write, threads, written = journal.note, journal.store.write, [], []

    def note_and_store(*changes: object) -> None:
        note(*changes)
        threads.append(threading.Thread(target=journal.flush))
        threads[-1].start()
        threads[-1].join(0.05)

    def write_down(changes: object) -> None:
        written.append([change.key[0] for change in changes])
        write(changes)

    monkeypatch.setattr(journal, "note", note_and_store)
    monkeypatch.setattr(journal.store, "write", write_down)
    engine.returning.come_back(room.enter(), code)
    for thread in threads:
        thread.join()
    assert [sorted(keys) for keys in written if "token" in keys] == [["student", "token", "token"]]
