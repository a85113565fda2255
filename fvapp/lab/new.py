"""``python -m fvapp lab new``: make certificates for a room, and the file with which PCs join."""

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from fvapp.core.errors import EngineError
from fvapp.core.places import AppFolders
from fvapp.engine.processes.machine import is_port_free
from fvapp.engine.processes.room import (
    FOLDER,
    JOIN_FILE,
    PORT,
    create_lab_room,
    read_teacher_file,
    write_join_file,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments for the name and port at which other PCs reach this PC."""
    parser.add_argument("--name", help="of this PC in the network, where its address changes")
    parser.add_argument(
        "--port", type=int, metavar="N", help=f"for the other PCs (default: {PORT})"
    )
    parser.add_argument("--renew", action="store_true", help="make all earlier files worthless")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Write the join file into the current folder, and print how to use the file."""
    folder = AppFolders.from_environ().data_folder / FOLDER
    target = Path(JOIN_FILE).resolve()
    try:
        port = read_teacher_file(folder).port
        new = args.renew or args.port not in (None, port)
    except EngineError:
        port = PORT
        new = True
    if new:
        create_lab_room(folder, args.port or port)
    until = datetime.fromtimestamp(write_join_file(folder, target, args.name)).strftime("%Y-%m-%d")
    print(t(f"lab.new.{'made' if new else 'kept'}", file=target, until=until))
    # A port that is taken means that the app is running. The app must then be restarted, because it
    # reads certificates only at its start.
    again = ("start_again",) if new and not is_port_free(port) else ()
    for line in (*again, "risk", "next_here", "next_there"):
        print(t(f"lab.new.{line}", file=target.name))
    return 0
