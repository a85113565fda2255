"""Connects to the app's scheduler; if that fails, finds out why: name, port or certificate."""

import socket
import ssl

from fvapp.core.errors import EngineError
from fvapp.engine.processes.credentials import Credentials

SECONDS = 4.0

_NOT_YET_VALID = 9  # OpenSSL's error number ``X509_V_ERR_CERT_NOT_YET_VALID``
_EXPIRED = 10


def connect_to_scheduler(host: str, port: int, credentials: Credentials) -> str:
    """Connect to the scheduler once, and return this PC's address on the connection.

    Raises:
        EngineError: the connection failed. ``lab_no_name``: no PC has the name `host`;
            ``lab_no_answer``: the PC is off, or a firewall blocks the connection;
            ``lab_not_started``: the app is not running; ``lab_clock``: this PC's clock is slow, so
            that the certificate is not valid yet; ``lab_expired``: the certificate has expired;
            ``lab_other_room``: the certificate belongs to another room.
    """
    context = credentials.tls_context()
    try:
        plain = socket.create_connection((host, port), SECONDS)
    except (socket.gaierror, UnicodeError):
        raise EngineError("lab_no_name", host=host) from None
    except ConnectionRefusedError:
        raise EngineError("lab_not_started", host=host, port=port) from None
    except OSError:
        raise EngineError("lab_no_answer", host=host, port=port) from None
    try:
        # The scheduler accepts or refuses this PC's certificate only after the handshake.
        with plain, context.wrap_socket(plain) as secured:
            if secured.recv(1):
                return secured.getsockname()[0]
    except ssl.SSLCertVerificationError as error:
        code = {_NOT_YET_VALID: "lab_clock", _EXPIRED: "lab_expired"}.get(
            error.verify_code, "lab_other_room"
        )
        raise EngineError(code) from None
    except TimeoutError:
        raise EngineError("lab_no_answer", host=host, port=port) from None
    except OSError:
        pass
    raise EngineError("lab_other_room")
