"""``python -m fvapp classes``: everybody's classes on this computer, and their end."""

import argparse
import os
import time
from collections.abc import Callable
from contextlib import closing

from fvapp.core.documents.class_results import class_facts
from fvapp.core.errors import EngineError
from fvapp.core.places import Places
from fvapp.engine.classroom.register import Register
from fvapp.engine.classroom.rows import Rows
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.limits import Limits
from fvapp.engine.store.journal import Journal
from fvapp.engine.timing import DEFAULT_TIMING


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the options."""
    parser.add_argument("--delete", nargs="+", default=(), metavar="ID", help="delete these classes")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Print a line for each class; return the exit status.

    Raises:
        EngineError: ``classes_app_runs``: it has the classes in memory; ``unknown_class``, and those of the disk.
    """
    home = Places.from_environ(os.environ).home
    clock = time.monotonic
    wall = time.time
    with closing(Journal(home, clock, wall)) as journal:
        if journal.refused:
            running = journal.refused.code == "store_in_use"
            raise EngineError("classes_app_runs") if running else journal.refused
        board = Board(journal, Limits.from_environ(os.environ), DEFAULT_TIMING, clock, wall)
        register = Register(board, Rows(journal), lambda workspace, examples: None)
        for name in args.delete:
            if name not in register.rows.classes:
                raise EngineError("unknown_class")
            register.drop(register.rows.classes[name])
        for classroom, students in register.all():
            print(f"{classroom.id}  {classroom.name} · {class_facts(classroom, students, t)}")
    return 0
