"""Reads the array files of shipped data sets, and keeps unpacked copies of them in a cache.

Unpacked arrays are memory-mapped: all processes share the same pages, and untouched pages cost
nothing. A cache folder is named after the digest of its source and holds ``x_train.npy``,
``y_train.npy``, ``x_test.npy``, ``y_test.npy`` and ``checksums.json``, which is written last. A
process that finds the folder incomplete or damaged unpacks the arrays again. Two processes may
unpack at the same time, because they write the same bytes.
"""

import hashlib
import json
import lzma
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from io import BufferedRandom, BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np

from fvapp.core.dataset_table import DATASETS, TEXT_FILE
from fvapp.core.errors import DatasetError
from fvapp.core.texts.strips import MADE, labels_of_text, make_strips, partition_strips

ARRAYS = ("x_train", "y_train", "x_test", "y_test")
MANIFEST = "manifest.json"
PIECE = 1 << 20

Arrays = Mapping[str, np.ndarray]
Unpack = Callable[[str, BinaryIO], None]
"""A function that writes the array with a given name to an open file in ``.npy`` format."""


def shipped_dataset_manifest(name: str) -> Mapping[str, Mapping[str, object]]:
    """Return the shape and SHA-256 of each unpacked array of a shipped data set, by array name."""
    text = (files("fvapp.data") / name / MANIFEST).read_text(encoding="utf-8")
    return json.loads(text)


def read_shipped_text(name: str) -> str:
    """Return the text of a text data set.

    Raises:
        DatasetError: the file is missing, or contains a character for which the data set has no
            class.
    """
    file = f"{name}/{TEXT_FILE}"
    try:
        text = (files("fvapp.data") / file).read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise DatasetError("shipped_data_damaged", file=file) from None
    form = DATASETS[name].text
    if form is not None and set(text) <= set(form.signs):
        return text
    raise DatasetError("shipped_data_damaged", file=file)


def make_text_array(name: str, array: str) -> np.ndarray:
    """Return the strips (images of a few characters) of a text data set, or the strips' labels.

    The label of a strip is the label of the character that follows the strip in the text.

    Args:
        array: "x_train", "x_test", "y_train" or "y_test".
    """
    form = DATASETS[name].text_form
    labels = labels_of_text(read_shipped_text(name), form)
    values, _, part = array.partition("_")
    places = getattr(partition_strips(len(labels), form), part)
    return make_strips(labels, places, form) if values == "x" else labels[places]


def shipped_dataset_digest(name: str) -> str:
    """Return a hash of all arrays of a shipped data set; for a text data set, of its text."""
    info = DATASETS[name]
    if info.text:
        return hashlib.sha256(f"{MADE} {info.text} {read_shipped_text(name)}".encode()).hexdigest()
    checksums = "".join(str(shipped_dataset_manifest(name)[array]["sha256"]) for array in ARRAYS)
    return hashlib.sha256(checksums.encode()).hexdigest()


def has_shipped_dataset_files(name: str) -> bool:
    """Return whether all files of a shipped data set exist, without checking their content."""
    names = (TEXT_FILE,) if DATASETS[name].text else (f"{array}.npy.xz" for array in ARRAYS)
    return all((files("fvapp.data") / name / file).is_file() for file in names)


def unpack_shipped_array(name: str, array: str, target: BinaryIO) -> None:
    """Write one shipped array to `target` as an ``.npy`` file.

    Raises:
        DatasetError: the file is missing, or its content differs from what was shipped.
    """
    if DATASETS[name].text:
        np.save(target, make_text_array(name, array), allow_pickle=False)
        return

    file = f"{name}/{array}.npy.xz"
    damaged = DatasetError("shipped_data_damaged", file=file)
    try:
        packed = (files("fvapp.data") / file).open("rb")
    except OSError:
        raise damaged from None
    checksum = hashlib.sha256()
    with packed, lzma.open(packed) as content:
        for piece in _read_in_pieces(content, damaged):
            checksum.update(piece)
            target.write(piece)
    if checksum.hexdigest() != shipped_dataset_manifest(name)[array]["sha256"]:
        raise damaged


def open_cached_arrays(folder: Path) -> Arrays | None:
    """Return the memory-mapped arrays of a cache folder; None if any file is missing or damaged."""
    try:
        checksums = json.loads((folder / "checksums.json").read_text(encoding="utf-8"))
        if any(_file_digest(folder / f"{array}.npy") != checksums[array] for array in ARRAYS):
            return None
        return {array: _map_array_file(folder / f"{array}.npy") for array in ARRAYS}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _map_array_file(path: Path) -> np.ndarray:
    """Return a memory-mapped array as a plain `ndarray`, so that slices of it are plain, too."""
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fill_dataset_cache(folder: Path, unpack: Unpack) -> None:
    """Write all arrays of a data set to a cache folder; each file appears only when complete.

    Raises:
        OSError: the folder is not writable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    checksums = {}
    for array in ARRAYS:
        with _replace_when_complete(folder / f"{array}.npy") as file:
            unpack(array, file)
            file.seek(0)
            checksums[array] = hashlib.file_digest(file, "sha256").hexdigest()
    with _replace_when_complete(folder / "checksums.json") as file:
        file.write(json.dumps(checksums).encode())


def unpack_to_memory(unpack: Unpack) -> Arrays:
    """Return the arrays of a data set that `unpack` writes, as read-only arrays in memory."""
    arrays = {}
    for array in ARRAYS:
        file = BytesIO()
        unpack(array, file)
        file.seek(0)
        arrays[array] = np.load(file, allow_pickle=False)
        arrays[array].flags.writeable = False
    return arrays


@contextmanager
def _replace_when_complete(path: Path) -> Iterator[BufferedRandom]:
    """Yield a temporary file that replaces `path` at the end, but is deleted after an error."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with open(descriptor, "w+b") as file:
            yield file
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read_in_pieces(content: lzma.LZMAFile, damaged: DatasetError) -> Iterator[bytes]:
    """Yield the unpacked content of an LZMA file in pieces; raise `damaged` if reading fails."""
    while True:
        try:
            piece = content.read(PIECE)
        except (OSError, EOFError, lzma.LZMAError):
            raise damaged from None
        if not piece:
            return
        yield piece
