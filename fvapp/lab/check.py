"""``python -m fvapp lab check [FILE]``: what is right and what is wrong, in one sentence each."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from fvapp.core.datasets import DATASETS, load_dataset
from fvapp.core.errors import EngineError, FvappError
from fvapp.core.places import Places
from fvapp.engine.processes.machine import lan_address
from fvapp.engine.processes.room import FOLDER, JOIN_FILE, JoinFile, open_room, read_join_file
from fvapp.engine.workers.versions import check_versions, required_versions
from fvapp.lab.join import find
from fvapp.lab.reaching import reach

WARNS_DAYS = 5
WRONG = 1

Line = tuple[str, str]  # a mark, and a sentence


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which file is looked at."""
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="to join with; none on the teacher's PC")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Print a line for each; return 1 when something is wrong."""
    marks = set()
    for mark, sentence in _lines(args.file, t):
        marks.add(mark)
        print(f"{mark} {sentence}", flush=True)
    return WRONG if "✗" in marks else 0


def _lines(path: Path | None, t: Callable[..., str]) -> Iterator[Line]:
    folder = Places.from_environ(os.environ).home / FOLDER
    try:
        file = open_room(folder) if path is None else read_join_file(path)
    except FvappError as error:
        yield "✗", error.sentence(t)
        return
    yield _of_date(file, t)
    yield _tried(lambda: check_versions(file.versions, required_versions()), "versions", t)
    for name in DATASETS:
        yield _tried(partial(load_dataset, name, Places.from_environ(os.environ)), "images", t, name)
    yield _of_the_way(file, path is None, t)
    if path is None and lan_address() not in (None, *read_join_file(folder / JOIN_FILE).addresses):
        yield "!", t("lab.check.address_changed", address=lan_address())


def _of_date(file: JoinFile, t: Callable[..., str]) -> Line:
    days = int((file.until - time.time()) / 86_400)
    if file.until <= time.time():
        return "✗", t("errors.lab_expired")
    return ("!" if days < WARNS_DAYS else "✓"), t(f"lab.check.{'days' if days >= WARNS_DAYS else 'soon'}", days=days)


def _tried(work: Callable[[], object], what: str, t: Callable[..., str], name: str | None = None) -> Line:
    try:
        work()
    except FvappError as error:
        return "✗", error.sentence(t)
    return "✓", t(f"lab.check.{what}", name=name and t(f"datasets.{name}.name"))


def _of_the_way(file: JoinFile, here: bool, t: Callable[..., str]) -> Line:
    credentials = file.unpack()
    try:
        address, _ = find(file, lambda host, port: reach(host, port, credentials))
    except EngineError as error:
        if here and error.code == "lab_not_started":
            return "✓", t("lab.check.port_free", port=file.port)
        return "✗", t("errors.lab_port_taken") if here else error.sentence(t)
    finally:
        credentials.remove()
    return "✓", t(f"lab.check.{'runs' if here else 'reached'}", address=address.removeprefix("tls://"))
