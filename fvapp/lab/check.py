"""``python -m fvapp lab check [FILE]``: check a room of PCs, and print one sentence per check."""

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from fvapp.core.errors import FvappError
from fvapp.core.places import AppFolders
from fvapp.engine.processes.machine import lan_address
from fvapp.engine.processes.room import (
    FOLDER,
    JOIN_FILE,
    JoinFile,
    read_join_file,
    read_teacher_file,
)
from fvapp.engine.workers.versions import compare_versions, required_versions
from fvapp.lab.join import check_dataset_images, find_scheduler
from fvapp.lab.reaching import connect_to_scheduler

WARNS_DAYS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command-line argument that names the file with which a PC joins the lab."""
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="to join with; none on the teacher's PC"
    )


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Print a line for each check, and return 1 if a check fails, else 0."""
    folder = AppFolders.from_environ().data_folder / FOLDER
    wrong = False
    file = read_teacher_file(folder) if args.file is None else read_join_file(args.file)
    for mark, sentence in _join_file_check_lines(file, args.file is None, t):
        wrong |= mark == "✗"
        print(f"{mark} {sentence}", flush=True)
    if args.file is None and lan_address() not in (
        None,
        *read_join_file(folder / JOIN_FILE).addresses,
    ):
        print(f"! {t('lab.check.address_changed', address=lan_address())}")
    return int(wrong)


def _join_file_check_lines(
    file: JoinFile, here: bool, t: Callable[..., str]
) -> Iterator[tuple[str, str]]:
    """Yield a symbol (✓, ! or ✗) and a sentence for each check of the join file."""
    days = int((file.until - time.time()) / 86_400)
    credentials = file.write_certificates_to_folder()
    if days < 0:
        yield "✗", t("errors.lab_expired")
    else:
        yield (
            "✓" if days >= WARNS_DAYS else "!",
            t(f"lab.check.{'days' if days >= WARNS_DAYS else 'soon'}", days=days),
        )
    for name, work in (
        ("versions", partial(compare_versions, file.versions, required_versions())),
        ("images", check_dataset_images),
        (
            "runs" if here else "reached",
            partial(find_scheduler, file, partial(connect_to_scheduler, credentials=credentials)),
        ),
    ):
        try:
            work()
        except FvappError as error:
            free = here and error.code == "lab_not_started"
            yield (
                ("✓", t("lab.check.port_free", port=file.port))
                if free
                else ("✗", error.to_sentence(t))
            )
        else:
            yield "✓", t(f"lab.check.{name}")
    credentials.close()
