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

from fvapp.core.datasets.files import ARRAYS, MANIFEST
from fvapp.core.errors import DatasetError

SHIPPED = Path(__file__).parents[1] / "data"

# Preset 6 makes 26 MB of Fashion-MNIST and 9 MB of MNIST; higher presets make the same, and storing columns, or
# differences of neighbouring pixels, makes more.
XZ_PRESET = 6

IDX_FILES: Mapping[str, str] = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}

PUBLISHED: Mapping[str, Mapping[str, str]] = {
    "fashion_mnist": {
        "x_train": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "y_train": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "x_test": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "y_test": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
    "mnist": {
        "x_train": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "y_train": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "x_test": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "y_test": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
}
"""SHA-256 of the unpacked IDX files that the authors published. Both sets name their files alike; this tells them
apart."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which sources there are and where to write."""
    parser.add_argument(
        "sources",
        nargs="+",
        type=Path,
        metavar="FOLDER",
        help="with the four IDX files of a data set, packed (*-ubyte.gz) or not (*-ubyte)",
    )
    parser.add_argument("--into", type=Path, default=SHIPPED, metavar="FOLDER", help="default: where the app looks")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Write each source as ``.npy.xz`` files with their manifest; return the exit status.

    Raises:
        DatasetError: a source is not what was published.
    """
    for source in args.sources:
        name, arrays = read_published(source)
        write_dataset(args.into / name, arrays)
    return 0


def read_published(folder: Path) -> tuple[str, Mapping[str, np.ndarray]]:
    """Read the four IDX files of a data set: its name, and all images and labels in their original order.

    Raises:
        DatasetError: a file is missing, or differs from the one that was published.
    """
    files = {array: _read(folder / file) for array, file in IDX_FILES.items()}
    checksums = {array: hashlib.sha256(content).hexdigest() for array, content in files.items()}
    name = next((name for name, known in PUBLISHED.items() if known["x_train"] == checksums["x_train"]), None)
    for array, file in IDX_FILES.items():
        if name is None or checksums[array] != PUBLISHED[name][array]:
            raise DatasetError("source_unusable", file=file)
    return name, {array: _read_idx(content) for array, content in files.items()}


def _read(file: Path) -> bytes:
    packed = file.with_name(f"{file.name}.gz")
    try:
        return gzip.decompress(packed.read_bytes()) if packed.exists() else file.read_bytes()
    except (OSError, EOFError):
        raise DatasetError("source_unusable", file=file.name) from None


def _read_idx(content: bytes) -> np.ndarray:
    """Read IDX: two zero bytes, type 8 (uint8), number of dimensions, each size as a big-endian int32, the values."""
    begin = 4 + 4 * content[3]
    shape = np.frombuffer(content[4:begin], ">i4").tolist()
    values = np.frombuffer(content, np.uint8, math.prod(shape), begin)
    return values.reshape(shape)


def write_dataset(folder: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write the files of a data set and their manifest into its folder.

    Args:
        arrays: `x_train` and `x_test`, uint8 [images, 28, 28]; `y_train` and `y_test`, uint8 [images].
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for array in ARRAYS:
        file = BytesIO()
        np.save(file, arrays[array], allow_pickle=False)
        content = file.getvalue()
        (folder / f"{array}.npy.xz").write_bytes(lzma.compress(content, preset=XZ_PRESET))
        manifest[array] = {"shape": list(arrays[array].shape), "sha256": hashlib.sha256(content).hexdigest()}
    text = json.dumps(manifest, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
