"""Remake the data sets that ship: ``python -m fvapp build data FOLDER...``."""

import argparse
import gzip
import hashlib
import json
import lzma
import math
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import numpy as np

from fvapp.core.datasets import ARRAYS, MANIFEST
from fvapp.core.errors import DatasetError
from fvapp.core.tables import read_toml_table

SHIPPED = Path(__file__).parents[1] / "data"

# With preset 6, Fashion-MNIST takes 26 MB and MNIST 9 MB. Higher presets give the same sizes.
# Storing columns instead of rows, or differences between neighbouring pixels, gives larger files.
XZ_PRESET = 6

_PUBLISHED = read_toml_table(__file__, "published.toml")
IDX_FILES: Mapping[str, str] = _PUBLISHED["files"]
PUBLISHED: Mapping[str, Mapping[str, str]] = _PUBLISHED["sha256"]
"""SHA-256 of each data file as its authors published it, by data set and array."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments for the source folders and the target folder."""
    parser.add_argument(
        "sources",
        nargs="+",
        type=Path,
        metavar="FOLDER",
        help="with the four IDX files of a data set, packed (*-ubyte.gz) or not (*-ubyte)",
    )
    parser.add_argument(
        "--into", type=Path, default=SHIPPED, metavar="FOLDER", help="default: where the app looks"
    )


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Write each source's data set as ``.npy.xz`` files with a manifest; return the exit status.

    Raises:
        DatasetError: the files of a source differ from the published files.
    """
    for source in args.sources:
        name, arrays = read_published_dataset(source)
        write_dataset(args.into / name, arrays)
    return 0


def read_published_dataset(folder: Path) -> tuple[str, Mapping[str, np.ndarray]]:
    """Return a data set's name and arrays, read from its four IDX files in their original order.

    Raises:
        DatasetError: a file is missing or differs from the published file.
    """
    files = {array: _read_file(folder / file) for array, file in IDX_FILES.items()}
    checksums = {array: hashlib.sha256(content).hexdigest() for array, content in files.items()}
    name = next(
        (name for name, known in PUBLISHED.items() if known["x_train"] == checksums["x_train"]), ""
    )
    for array, file in IDX_FILES.items():
        if not name or checksums[array] != PUBLISHED[name][array]:
            raise DatasetError("source_unusable", file=file)
    return name, {array: _parse_idx_file(content) for array, content in files.items()}


def _read_file(file: Path) -> bytes:
    packed = file.with_name(f"{file.name}.gz")
    try:
        return gzip.decompress(packed.read_bytes()) if packed.exists() else file.read_bytes()
    except (OSError, EOFError):
        raise DatasetError("source_unusable", file=file.name) from None


def _parse_idx_file(content: bytes) -> np.ndarray:
    """Return the array in an IDX file, which must contain uint8 values.

    The file consists of two zero bytes, the type 8 (uint8), the rank, the sizes as big-endian
    int32, and the values.
    """
    begin = 4 + 4 * content[3]
    shape = np.frombuffer(content[4:begin], ">i4").tolist()
    values = np.frombuffer(content, np.uint8, math.prod(shape), begin)
    return values.reshape(shape)


def write_dataset(folder: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a data set's files, and a manifest of them, into a folder.

    Args:
        arrays: `x_train` and `x_test`, uint8 [images, 28, 28]; `y_train` and `y_test`, uint8
            [images].
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for array in ARRAYS:
        file = BytesIO()
        np.save(file, arrays[array], allow_pickle=False)
        content = file.getvalue()
        (folder / f"{array}.npy.xz").write_bytes(lzma.compress(content, preset=XZ_PRESET))
        manifest[array] = {
            "shape": list(arrays[array].shape),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    text = json.dumps(manifest, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
