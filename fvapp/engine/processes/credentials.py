"""Certificates for the communication between server, scheduler and workers.

Whoever holds the key can run code in every process of the cluster, so no other account on the computer may read it: it
lies in a folder that only this user can open, is made anew at each start, and is deleted with the processes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from fvapp.core.errors import EngineError

_PREFIX = "fvapp-private-"
_OWNER = "owner"  # file containing the server's process id


@dataclass(frozen=True)
class Credentials:
    """Files of a certificate authority and a certificate with its key, and the private folder, if any."""

    ca: Path
    certificate: Path
    key: Path
    folder: Path | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Credentials:
        """Read ``FVAPP_TLS_CA``, ``FVAPP_TLS_CERT`` and ``FVAPP_TLS_KEY``, for a scheduler on another machine.

        Raises:
            EngineError: ``no_certificate``, naming the variable that is missing or no file.
        """
        files = []
        for name in ("FVAPP_TLS_CA", "FVAPP_TLS_CERT", "FVAPP_TLS_KEY"):
            files.append(Path(environ.get(name, "")).expanduser())
            if not files[-1].is_file():
                raise EngineError("no_certificate", name=name)
        return cls(*files)

    def remove(self) -> None:
        """Remove the private folder with everything in it."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def make_credentials() -> Credentials:
    """Make a private folder with a self-signed certificate: authority, server and client in one.

    Dask does not check host names, so one certificate serves all roles. It is valid for a year because the clocks of
    school computers are often wrong, not because it is meant to last.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    remove_abandoned_folders()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))  # mode 0700
    _write_private(folder / _OWNER, str(os.getpid()).encode())
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fvapp")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=365))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_private(folder / "certificate.pem", certificate.public_bytes(serialization.Encoding.PEM))
    _write_private(
        folder / "key.pem",
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    return Credentials(folder / "certificate.pem", folder / "certificate.pem", folder / "key.pem", folder)


def remove_abandoned_folders() -> None:
    """Remove private folders of this user whose server is gone, for example after a power cut."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            owner = int((folder / _OWNER).read_text())
        except (OSError, ValueError):  # belongs to another user, or is just being made
            continue
        if not psutil.pid_exists(owner):
            shutil.rmtree(folder, ignore_errors=True)


def _write_private(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
