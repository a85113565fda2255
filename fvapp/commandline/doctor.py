"""``python -m fvapp doctor``: check whether the app can work on this machine."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO

import psutil
from rich.cells import cell_len

from fvapp.core.arithmetic import choose_convolution_arithmetic
from fvapp.core.datasets import ARRAYS, DATASETS, unpack_shipped_array
from fvapp.core.errors import FvappError
from fvapp.core.places import AppFolders
from fvapp.core.wording import Translate
from fvapp.engine.processes.hosts import TrainingHosts
from fvapp.engine.processes.machine import (
    available_cores,
    available_memory_mb,
    check_machine_can_train,
    is_port_free,
    lan_address,
)
from fvapp.ui.server.addresses import app_url, configured_port, has_certificate
from fvapp.ui.server.guards import guarding_server, missing_guards_sentence

CANNOT_WORK = 1

FINE = "✓"
LACKS = "!"
STOPS = "✗"
"""Marks for a row in the table of checks.

`FINE`: the app works. `LACKS`: the app works, but something is missing. `STOPS`: the app cannot
work.
"""

Finding = tuple[str, str, str]
"""A row in the table of checks: a mark, a subject and a remark, in the reader's language."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's argument for the port to check."""
    parser.add_argument(
        "--port",
        type=int,
        metavar="N",
        help="that the app is to be served on (default: Streamlit's)",
    )


def run(args: argparse.Namespace, t: Translate) -> int:
    """Print a table of checks and a summary; return 1 if the app cannot work, else 0."""
    wrong = []
    for mark, subject, says in examine_machine(args.port, t):
        print(f"{mark} {subject}{' ' * (22 - cell_len(subject))}  {says}", flush=True)
        wrong += [f"{subject}, {says}"] if mark == STOPS else []
    if not wrong:
        print(t("commandline.doctor.ready"))
        return 0
    print(t("commandline.doctor.not_ready", reason=wrong[0]), file=sys.stderr)
    return CANNOT_WORK


def examine_machine(port: int | None, t: Translate) -> Iterator[Finding]:
    """Yield the result of each check of the machine, as a row for the printed table."""

    def make_fine_finding(subject: str, says: str) -> Finding:
        return FINE, t(f"commandline.doctor.{subject}"), says

    # Python and the packages are always fine here, because they were checked before this module was
    # imported.
    yield make_fine_finding(
        "python", f"{platform.python_version()} ({sys.platform}, {platform.machine()})"
    )
    yield make_fine_finding("packages", t("commandline.doctor.all_there"))
    with guarding_server():
        missing = missing_guards_sentence(t)
    yield (
        LACKS if missing else FINE,
        t("commandline.doctor.guards"),
        missing or t("commandline.doctor.guarded"),
    )
    yield make_fine_finding(
        "cores", t("commandline.doctor.cores_of", n=available_cores(), all=psutil.cpu_count() or 1)
    )
    yield make_fine_finding(
        "memory", t("commandline.doctor.memory_mb", n=f"{available_memory_mb():,.0f}")
    )
    yield _check_workers(t)
    for name in DATASETS:
        yield _check_data_set(name, t)
    yield _check_home_folder(t)
    yield from _check_port_and_address(port or configured_port(), t)


def _check_workers(t: Translate) -> Finding:
    subject = t("commandline.doctor.workers")
    try:
        hosts = TrainingHosts.from_environ(os.environ)
        choose_convolution_arithmetic(os.environ)
        check_machine_can_train(hosts.max_workers)
    except FvappError as error:
        return STOPS, subject, error.to_sentence(t)
    if not hosts.resident_workers:
        return LACKS, subject, t("commandline.doctor.workers_one")
    return FINE, subject, t("commandline.doctor.workers_n", n=hosts.max_workers)


def _check_data_set(name: str, t: Translate) -> Finding:
    info = DATASETS[name]
    subject = t(DATASETS[name].dataset_text_key("name"))
    try:
        for array in ARRAYS:
            unpack_shipped_array(name, array, BytesIO())
    except FvappError as error:
        return STOPS, subject, error.to_sentence(t)
    whole = t(
        "commandline.doctor.whole", train=f"{info.train_images:,}", test=f"{info.test_images:,}"
    )
    return FINE, subject, whole


def _check_home_folder(t: Translate) -> Finding:
    """Check that runs can be saved in their folder. If not, the app works, but keeps no runs."""
    subject = t("commandline.doctor.home")
    folder = AppFolders.from_environ().data_folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return LACKS, subject, t("errors.folder_not_writable", folder=folder)
    return FINE, subject, t("commandline.doctor.writable", folder=folder)


def _check_port_and_address(port: int, t: Translate) -> Iterator[Finding]:
    free = is_port_free(port)
    says = t(f"commandline.doctor.{'port_free' if free else 'port_taken'}", port=port)
    yield FINE if free else STOPS, t("commandline.doctor.port"), says
    address = lan_address()
    secure = has_certificate()
    says = app_url(address, port) if address else t("commandline.doctor.no_network", port=port)
    yield FINE if address else LACKS, t("commandline.doctor.address"), says
    says = t(f"commandline.doctor.camera_{'yes' if secure else 'no'}")
    yield FINE if secure else LACKS, t("commandline.doctor.camera"), says
