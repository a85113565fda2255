"""Makes certificates for the communication between server, scheduler and workers.

The certificate's key lets its holder run code in every process of the cluster, so no other account
on the computer may read the key. A key is made at each start of the cluster, in a folder that only
this user can open, and is deleted when the cluster ends.
"""

import os
import shutil
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

_PREFIX = "fvapp-private-"
_OWNER = "owner"  # name of the file with the server's process id


@dataclass(frozen=True)
class Credentials:
    """Paths of a certificate, its key, the certificate of its authority, and their folder."""

    authority_path: Path
    certificate_path: Path
    key_path: Path
    folder: Path | None = None

    def tls_context(self) -> ssl.SSLContext:
        """Return a TLS context for connections to a PC whose certificate has the same authority.

        Raises:
            OSError: a file is damaged, or the key belongs to another certificate.
        """
        context = ssl.create_default_context(cafile=self.authority_path)
        context.check_hostname = False  # PCs' addresses change; Dask checks no host names either
        context.load_cert_chain(self.certificate_path, self.key_path)
        return context

    def close(self) -> None:
        """Remove the private folder with all its files."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def make_credentials() -> Credentials:
    """Make a private folder with one self-signed certificate for authority, server and client.

    Dask does not check host names, so one certificate serves all three roles. The certificate is
    valid for a year, although it is used only briefly, because the clocks of school computers are
    often wrong.
    """
    folder = make_private_folder()
    certificate, key = sign_certificate(
        "fvapp", datetime.now(UTC) + timedelta(days=365), before=timedelta(days=365)
    )
    write_private_file(folder / "certificate.pem", certificate)
    write_private_file(folder / "key.pem", key)
    return Credentials(
        folder / "certificate.pem", folder / "certificate.pem", folder / "key.pem", folder
    )


def sign_certificate(
    name: str,
    until: datetime,
    authority: bytes | None = None,
    authority_key: bytes | None = None,
    before: timedelta = timedelta(days=1),
) -> tuple[bytes, bytes]:
    """Return a new certificate and its key in PEM.

    Args:
        name: the certificate's common name.
        until: when the certificate expires.
        authority, authority_key: certificate and key of the signing authority, in PEM; None for a
            self-signed certificate, which may sign other certificates.
        before: how far in the past the certificate's validity begins.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer = subject if authority is None else x509.load_pem_x509_certificate(authority).subject
    signs = authority is None
    signer: Any = (
        key if authority_key is None else serialization.load_pem_private_key(authority_key, None)
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - before)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(signs, 0 if signs else None), critical=True)
        # Python 3.13 and later require these three extensions.
        .add_extension(
            x509.KeyUsage(True, False, False, False, False, signs, signs, False, False),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def make_private_folder() -> Path:
    """Make a folder that only this user can open, and write this process's id to a file in it."""
    remove_abandoned_folders()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))  # mode 0700: only this user
    write_private_file(folder / _OWNER, str(os.getpid()).encode())
    return folder


def remove_abandoned_folders() -> None:
    """Remove this user's private folders that servers left behind, for example after a crash."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            owner = int((folder / _OWNER).read_text())
        except (OSError, ValueError):  # the folder is another user's, or has no owner file yet
            continue
        if not psutil.pid_exists(owner):
            shutil.rmtree(folder, ignore_errors=True)


def write_private_file(path: Path, content: bytes) -> None:
    """Write a new file that only this user can read."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
