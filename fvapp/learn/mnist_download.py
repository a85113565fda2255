"""Fetch the full MNIST with Keras' own loader, in a process of its own: ``MODULE SECONDS``.

Keras puts the file into ``KERAS_HOME`` and checks its SHA-256. SECONDS is how long the network may say nothing. The
exit status is 0, or one of :mod:`fvapp.core.datasets.download`.
"""

from __future__ import annotations

import errno
import socket
import sys

import keras

from fvapp.core.datasets.download import DAMAGED, FAILED, NOT_KEPT

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}


def main(silent_seconds: float) -> int:
    socket.setdefaulttimeout(silent_seconds)
    try:
        keras.datasets.mnist.load_data()
    except ValueError:
        return DAMAGED  # "Incomplete or corrupted file detected"
    except OSError as error:
        return NOT_KEPT if error.errno in _NO_ROOM else FAILED
    except Exception:  # Keras raises a plain Exception when the address cannot be fetched
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[-1])))
