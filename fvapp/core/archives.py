"""Packs arrays and their description into the bytes of an ``.npz`` file, and unpacks them.

No pickle is ever loaded, because loading a pickle can run any code that it contains.
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
    """Return a description and arrays as the bytes of an ``.npz`` file.

    The file is not compressed, because weights hardly compress.
    """
    file = BytesIO()
    np.savez(file, about=np.array(json.dumps({"format": _FORMAT, **about})), **arrays)
    return file.getvalue()


@contextmanager
def unpack_arrays(
    content: bytes, code: str
) -> Iterator[tuple[dict[str, Any], np.lib.npyio.NpzFile]]:
    """Yield the description and the arrays that :func:`pack_arrays` packed.

    Each array is read only when the caller accesses it.

    Raises:
        ModelError: the bytes are not a file that :func:`pack_arrays` made, or lack an entry that
            the caller reads. The error has the code `code`.
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
