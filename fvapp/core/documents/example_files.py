"""Own examples as files to take away and bring back: one ``.npz``, or a ZIP of PNGs with a table.

Whatever is read may come from anywhere. Sizes are checked before anything is unpacked, and nothing pickled is read.
"""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from typing import NamedTuple

import numpy as np
from PIL import Image

from fvapp.core.errors import ExampleError
from fvapp.core.examples import MOST, PIXELS, Example
from fvapp.core.layers import IMAGE_SHAPE

MOST_BYTES = 2_000_000
"""Of a file: 500 images of noise, as PNGs."""

_TABLE = "examples.csv"
_MOST_OF_PART = 200 + MOST * PIXELS  # bytes, unpacked: all images of an ``.npz``
_HEAD = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + 2 * b"\0\0\0\x1c" + b"\x08\0"  # 28 by 28 pixels, 8 bits of grey


class FileExample(NamedTuple):
    """An example of a file; nothing of it but its size and type is checked."""

    image: np.ndarray
    label: int
    source: str


def write_npz(examples: Sequence[Example]) -> bytes:
    """Return examples of one data set as an ``.npz``: images, labels, sources, kept, places, dataset."""
    file = BytesIO()
    columns = {
        "images": np.array([each.image for each in examples], np.uint8).reshape(-1, *IMAGE_SHAPE),
        "labels": np.array([each.label for each in examples], np.uint8),
        **{f"{name}s": np.array([getattr(each, name) for each in examples], "U8") for name in ("source", "place")},
        "kept": np.array([each.kept for each in examples], float),
        "dataset": np.array(examples[0].dataset if examples else ""),
    }
    np.savez_compressed(file, **columns)
    return file.getvalue()


def write_zip(examples: Sequence[Example]) -> bytes:
    """Return examples of one data set as a ZIP: a PNG of each, and a table with a row for each."""
    file, table = BytesIO(), StringIO()
    rows = csv.writer(table)
    rows.writerow(("file", "label", "source", "place", "kept", "dataset"))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, each in enumerate(examples, start=1):
            name, picture = f"{number:03}_{each.label}.png", BytesIO()
            Image.fromarray(each.image).save(picture, "PNG")
            archive.writestr(name, picture.getvalue())
            rows.writerow((name, each.label, each.source, each.place, each.kept, each.dataset))
        archive.writestr(_TABLE, table.getvalue())
    return file.getvalue()


def read_examples(content: bytes, dataset: str) -> list[FileExample]:
    """Read what :func:`write_npz` or :func:`write_zip` wrote, or a similar file made elsewhere.

    Args:
        dataset: the examples must be of this one; a file need not say of which its are.

    Raises:
        ExampleError: ``examples_file_large``, ``examples_file_unusable``, ``examples_file_dataset``,
            ``examples_file_many``, ``bad_image``, ``example_label``.
    """
    if len(content) > MOST_BYTES:
        raise ExampleError("examples_file_large", most=f"{MOST_BYTES / 1e6:g}")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST + 20:
                raise ExampleError("examples_file_many", most=MOST)
            # What a part really unpacks to is never more than it says: the rest is not read.
            if any(part.file_size > _MOST_OF_PART for part in parts) or sum(p.file_size for p in parts) > MOST_BYTES:
                raise ExampleError("examples_file_large", most=f"{MOST_BYTES / 1e6:g}")
            read = _read_table if _TABLE in archive.namelist() else _read_arrays
            return list(read(archive, dataset))
    # Of a damaged archive, zipfile, zlib, NumPy and Pillow raise all of these.
    except (zipfile.BadZipFile, zlib.error, ValueError, KeyError, OSError, EOFError, RuntimeError, SyntaxError):
        raise ExampleError("examples_file_unusable") from None


def _read_arrays(archive: zipfile.ZipFile, dataset: str) -> Iterator[FileExample]:
    images, labels = _array(archive, "images"), _array(archive, "labels")
    if images.dtype != np.uint8 or images.shape[1:] != IMAGE_SHAPE:
        raise ExampleError("bad_image")
    if labels.dtype.kind not in "iu" or labels.shape != images.shape[:1]:
        raise ExampleError("examples_file_unusable")
    if "dataset.npy" in archive.namelist():
        _check_dataset(str(_array(archive, "dataset")), dataset)
    sources = _array(archive, "sources").tolist() if "sources.npy" in archive.namelist() else ["file"] * len(images)
    for image, label, source in zip(images, labels.tolist(), sources, strict=True):
        yield FileExample(image, label, str(source))


def _array(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    """Return an array of at most `MOST` rows.

    Its header is read first: NumPy makes room for as many rows as that tells of before it finds that there are none.
    """
    file = BytesIO(archive.read(f"{name}.npy"))
    version = np.lib.format.read_magic(file)
    read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    shape, _, dtype = read_header[version](file)
    if shape and shape[0] > MOST:
        raise ExampleError("examples_file_many", most=MOST)
    if dtype.hasobject or dtype.itemsize * np.prod(shape, dtype=float) > _MOST_OF_PART:
        raise ExampleError("examples_file_unusable")
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)


def _read_table(archive: zipfile.ZipFile, dataset: str) -> Iterator[FileExample]:
    rows = list(csv.DictReader(StringIO(archive.read(_TABLE).decode("utf-8-sig"))))
    if len(rows) > MOST:
        raise ExampleError("examples_file_many", most=MOST)
    for row in rows:
        _check_dataset(row.get("dataset") or dataset, dataset)
        picture = archive.read(row["file"])
        if not picture.startswith(_HEAD):  # before Pillow looks at it, which a huge one frightens
            raise ExampleError("bad_image")
        image = np.asarray(Image.open(BytesIO(picture), formats=["PNG"]))
        label = (row["label"] or "").strip()
        if not (label.isascii() and label.isdigit()):
            raise ExampleError("example_label", value=label[:20])
        yield FileExample(image, int(label[:9]), row.get("source") or "file")


def _check_dataset(said: str, dataset: str) -> None:
    if said and said != dataset:
        raise ExampleError("examples_file_dataset")
