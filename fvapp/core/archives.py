"""Arrays and a description of them, as the bytes of an ``.npz`` file.

Never a pickle: loading one runs code.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import numpy as np

from fvapp.core.errors import ModelError

_FORMAT = 1


def pack_arrays(about: Mapping[str, object], arrays: Mapping[str, Any]) -> bytes:
    """Return a description and arrays as bytes, uncompressed: weights hardly compress."""
    file = BytesIO()
    np.savez(file, about=np.array(json.dumps({"format": _FORMAT, **about})), **arrays)
    return file.getvalue()


@contextmanager
def unpack_arrays(
    content: bytes, code: str
) -> Iterator[tuple[dict[str, Any], np.lib.npyio.NpzFile]]:
    """Yield what :func:`pack_arrays` was given; each array is read on access.

    Raises:
        ModelError: with `code`, if the bytes are not such a file or lack an entry that is read.
    """
    try:
        with np.load(BytesIO(content), allow_pickle=False) as arrays:
            about = json.loads(str(arrays["about"]))
            if about.pop("format") != _FORMAT:
                raise ValueError("another format")
            yield about, arrays
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        EOFError,
        zipfile.BadZipFile,
    ):
        raise ModelError(code) from None
