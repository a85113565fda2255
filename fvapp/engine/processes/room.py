"""Makes the certificates of a room of PCs, and the file with which PCs join to train networks.

The teacher's PC keeps its own key in the app's data folder. The join file holds another key, which
permits only what a worker needs (see :mod:`fvapp.engine.processes.guard`). The key of the authority
that signed both certificates is never stored. So new certificates mean a new room, in which earlier
join files no longer work.
"""

import json
import os
import socket
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from fvapp.core.errors import EngineError
from fvapp.core.schema import has_length_between, read_as_type
from fvapp.engine.processes.credentials import (
    Credentials,
    make_private_folder,
    sign_certificate,
    write_private_file,
)
from fvapp.engine.processes.guard import WORKER
from fvapp.engine.processes.machine import lan_address
from fvapp.engine.workers.versions import required_versions

PORT = 8786  # Dask's default for the scheduler
DAYS = 30
MOST_BYTES = 50_000
FOLDER = "lab"  # subfolder of the app's data folder that holds the room's certificates
JOIN_FILE = "fvapp-lab-join.json"
TEACHER_FILE = "teacher.json"
_TEACHER = "fvapp teacher"
_LOCAL = "127.0.0.1"

_Pem = Annotated[str, has_length_between(100, 10_000)]
_Word = Annotated[str, has_length_between(1, 100)]


@dataclass(frozen=True)
class JoinFile:
    """The contents of a join file, with which another PC joins to train networks.

    Attributes:
        addresses: addresses of the teacher's PC; the address most likely to work comes first.
        port: the scheduler's port.
        until: when the certificates expire, in seconds since 1970.
        versions: versions that must be the same on both PCs, by name.
        ca, certificate, key: the authority's certificate, and the PC's certificate and key, in PEM.
    """

    addresses: Annotated[tuple[_Word, ...], has_length_between(1, 10)]
    port: int
    until: float
    versions: Annotated[Mapping[_Word, _Word], has_length_between(1, 20)]
    ca: _Pem
    certificate: _Pem
    key: _Pem

    def write_certificates_to_folder(self) -> Credentials:
        """Write the certificates and the key to a private folder, from which Dask reads them."""
        folder = make_private_folder()
        files = Credentials(
            folder / "ca.pem", folder / "certificate.pem", folder / "key.pem", folder
        )
        for file, content in (
            (files.authority_path, self.ca),
            (files.certificate_path, self.certificate),
            (files.key_path, self.key),
        ):
            write_private_file(file, content.encode())
        return files


def create_lab_room(folder: Path, port: int) -> None:
    """Make the certificates of a room of PCs in `folder`, replacing any earlier room."""
    until = datetime.now(UTC) + timedelta(days=DAYS)
    authority, authority_key = sign_certificate("fvapp lab", until)
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    for file, name in ((TEACHER_FILE, _TEACHER), (JOIN_FILE, WORKER)):
        certificate, key = sign_certificate(name, until, authority, authority_key)
        pem = (part.decode("ascii") for part in (authority, certificate, key))
        _replace_join_file(
            folder / file, JoinFile((_LOCAL,), port, until.timestamp(), required_versions(), *pem)
        )


def write_join_file(folder: Path, target: Path, name: str | None) -> float:
    """Write a room's join file with this PC's addresses; return when the join file expires.

    Args:
        folder: the room's folder.
        target: where to write the join file.
        name: a name by which other PCs can find this PC, besides its address, or None.
    """
    join = read_join_file(folder / JOIN_FILE)
    known = dict.fromkeys(filter(None, (name, lan_address(), socket.gethostname())))
    for file in (folder / JOIN_FILE, target):
        _replace_join_file(
            file, replace(join, addresses=tuple(known), versions=required_versions())
        )
    return join.until


def read_teacher_file(folder: Path) -> JoinFile:
    """Return the join file with which the teacher's own PC uses the room in `folder`.

    Raises:
        EngineError: ``lab_none``: the file is missing or damaged; ``lab_expired``: its certificates
            have expired.
    """
    try:
        room = read_join_file(folder / TEACHER_FILE)
    except EngineError:
        raise EngineError("lab_none") from None
    if room.until <= datetime.now(UTC).timestamp():
        raise EngineError("lab_expired")
    return room


def read_join_file(path: Path) -> JoinFile:
    """Return the contents of a join file, which may have expired.

    Raises:
        EngineError: ``lab_no_join_file``: the file is missing, or is not a join file.
    """
    try:
        with path.open("rb") as file:
            join = read_as_type(JoinFile, json.loads(file.read(MOST_BYTES)))
        with closing(join.write_certificates_to_folder()) as files:
            files.tls_context()
        return join
    except (OSError, ValueError, TypeError, RecursionError):
        raise EngineError("lab_no_join_file", file=path.name) from None


def _replace_join_file(path: Path, join: JoinFile) -> None:
    path.unlink(missing_ok=True)
    write_private_file(path, json.dumps(asdict(join)).encode())
