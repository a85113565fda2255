"""Array files: the ones that ship, a teacher's ``mnist.npz``, and their unpacked copies in the cache.

Unpacked arrays are memory-mapped: all processes share the same pages, and a page that nobody looks at costs nothing.
A cache folder is named by the digest of its source and holds ``x_train.npy``, ``y_train.npy``, ``x_test.npy``,
``y_test.npy`` and ``checksums.json``, written last. Whoever finds it incomplete or damaged unpacks anew; two processes
that do so at once write the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import math
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np

from fvapp.core.datasets.table import DatasetInfo
from fvapp.core.errors import DatasetError

ARRAYS = ("x_train", "y_train", "x_test", "y_test")
MANIFEST = "manifest.json"
LARGEST_NPZ = 200_000_000  # bytes; the full MNIST is 11 MB packed and 55 MB unpacked

PIECE = 1 << 20

Arrays = Mapping[str, np.ndarray]
Shapes = Mapping[str, tuple[int, ...]]
Unpack = Callable[[str, BinaryIO], None]
"""Writes the named array to a file, as ``.npy``."""


def shipped_manifest(name: str) -> Mapping[str, Mapping[str, object]]:
    """Return shape and SHA-256 of the unpacked bytes of each array that ships of a data set, by array name."""
    return json.loads((files("fvapp.data") / MANIFEST).read_text(encoding="utf-8"))[name]


def shipped_digest(name: str) -> str:
    """Return a digest of the whole data set that ships."""
    checksums = "".join(str(shipped_manifest(name)[array]["sha256"]) for array in ARRAYS)
    return hashlib.sha256(checksums.encode()).hexdigest()


def unpack_shipped(name: str, array: str, target: BinaryIO) -> None:
    """Write one array that ships to `target` as an ``.npy`` file.

    Raises:
        DatasetError: the file is missing, or is not what was shipped.
    """
    file = f"{name}/{array}.npy.xz"
    try:
        packed = (files("fvapp.data") / file).open("rb")
    except OSError:
        raise DatasetError("shipped_data_damaged", file=file) from None
    with packed, lzma.open(packed) as content:
        checksum = _copy(content, target, DatasetError("shipped_data_damaged", file=file))
    if checksum != shipped_manifest(name)[array]["sha256"]:
        raise DatasetError("shipped_data_damaged", file=file)


def npz_shapes(path: Path, info: DatasetInfo) -> Shapes:
    """Read the shapes in an ``.npz`` file from its headers, and check them, without unpacking it.

    Raises:
        DatasetError: not an ``.npz`` file with the four `uint8` arrays of at most as many 28x28 images as `info` has.
    """
    with _npz_errors(path):
        if path.stat().st_size > LARGEST_NPZ:
            raise ValueError("larger than any MNIST")
        with zipfile.ZipFile(path) as archive:
            shapes = {array: _npy_shape(archive, array) for array in ARRAYS}
    for part, most in (("train", info.train_images), ("test", info.test_images)):
        images, labels = shapes[f"x_{part}"], shapes[f"y_{part}"]
        if images[1:] != (28, 28) or labels != images[:1] or not 10 <= images[0] <= most:
            raise DatasetError("npz_unusable", file=path.name)
    return shapes


def unpack_npz(path: Path, array: str, target: BinaryIO) -> None:
    """Write one array of a file that :func:`npz_shapes` accepted to `target` as an ``.npy`` file.

    Raises:
        DatasetError: its content is damaged.
    """
    with _npz_errors(path), zipfile.ZipFile(path) as archive, archive.open(f"{array}.npy") as content:
        _copy(content, target, DatasetError("npz_unusable", file=path.name))


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_cached(folder: Path) -> Arrays | None:
    """Memory-map the arrays of a cache folder, or return None when it is not there, incomplete or damaged."""
    try:
        checksums = json.loads((folder / "checksums.json").read_text(encoding="utf-8"))
        if any(file_digest(folder / f"{array}.npy") != checksums[array] for array in ARRAYS):
            return None
        return {array: np.load(folder / f"{array}.npy", mmap_mode="r", allow_pickle=False) for array in ARRAYS}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def fill_cache(folder: Path, unpack: Unpack) -> None:
    """Write the arrays of a cache folder, each to a temporary file first.

    Raises:
        OSError: nothing can be written there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    checksums = {}
    for array in ARRAYS:
        with _replacing(folder / f"{array}.npy") as file:
            unpack(array, file)
            file.seek(0)
            checksums[array] = hashlib.file_digest(file, "sha256").hexdigest()
    with _replacing(folder / "checksums.json") as file:
        file.write(json.dumps(checksums).encode())


def unpack_to_memory(unpack: Unpack) -> Arrays:
    """Return the arrays as ordinary arrays that cannot be written to."""
    arrays = {}
    for array in ARRAYS:
        file = BytesIO()
        unpack(array, file)
        file.seek(0)
        arrays[array] = np.load(file, allow_pickle=False)
        arrays[array].flags.writeable = False
    return arrays


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a temporary file that takes the place of `path` at the end, or vanishes on an error."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with open(descriptor, "w+b") as file:
            yield file
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _copy(content: IO[bytes], target: BinaryIO, damaged: DatasetError) -> str:
    """Copy in pieces and return the SHA-256; what cannot be *read* raises `damaged`."""
    checksum = hashlib.sha256()
    while True:
        try:
            piece = content.read(PIECE)
        except (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile, zlib.error):
            raise damaged from None
        if not piece:
            return checksum.hexdigest()
        checksum.update(piece)
        target.write(piece)


def _npy_shape(archive: zipfile.ZipFile, array: str) -> tuple[int, ...]:
    with archive.open(f"{array}.npy") as file:
        version = np.lib.format.read_magic(file)
        if version != (1, 0):
            raise ValueError("an .npy version that NumPy does not write for such arrays")
        shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
        expected = file.tell() + math.prod(shape)
    if fortran_order or dtype != np.uint8 or archive.getinfo(f"{array}.npy").file_size != expected:
        raise ValueError("not plain uint8")
    return shape


@contextmanager
def _npz_errors(path: Path) -> Iterator[None]:
    """Turn what a file that lies about its type can raise into one error of ours."""
    try:
        yield
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error):
        raise DatasetError("npz_unusable", file=path.name) from None
