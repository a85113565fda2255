"""Writes and reads files of a visitor's examples: an ``.npz`` file, or a ZIP of PNGs and a table.

An uploaded file may come from anywhere, so its sizes are checked before anything is unpacked, and
pickled data is never read.
"""

import csv
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from itertools import islice

import numpy as np
from PIL import Image

from fvapp.core.datasets import DATASETS
from fvapp.core.errors import ExampleError
from fvapp.core.examples import MOST_EXAMPLES, Example
from fvapp.core.stack import IMAGE_SHAPE

MOST_BYTES = 2_000_000
"""Maximum size of a file of examples in bytes: enough for 500 images of pure noise, as PNGs."""

_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    csv.Error,
    ValueError,
    KeyError,
    OSError,
    EOFError,
    RuntimeError,
    SyntaxError,
)
"""Exceptions that zipfile, zlib, csv, NumPy and Pillow raise for a damaged archive."""

_TABLE = "examples.csv"
# The first bytes of a PNG file with 28 x 28 pixels in 8-bit greyscale.
_HEAD = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + 2 * b"\0\0\0\x1c" + b"\x08\0"


FileExample = tuple[np.ndarray, int, str]
"""An image, its label and its source as read from a file, not yet checked."""


def write_examples_npz(examples: Sequence[Example]) -> bytes:
    """Return examples of one data set as an ``.npz`` file with an array for each field."""
    file = BytesIO()
    np.savez_compressed(
        file,
        images=np.array([example.image for example in examples], np.uint8).reshape(
            -1, *IMAGE_SHAPE
        ),
        labels=np.array([example.label for example in examples], np.uint8),
        sources=np.array([example.source for example in examples], "U8"),
        places=np.array([example.place for example in examples], "U8"),
        kept=np.array([example.kept for example in examples], float),
        dataset=np.array(examples[0].dataset if examples else ""),
    )
    return file.getvalue()


def write_examples_zip(examples: Sequence[Example]) -> bytes:
    """Return examples of one data set as a ZIP file: a table, and a PNG for each example."""
    file = BytesIO()
    table = StringIO()
    rows = csv.writer(table)
    rows.writerow(("file", "label", "source", "place", "kept", "dataset"))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, example in enumerate(examples, start=1):
            name = f"{number:03}_{example.label}.png"
            picture = BytesIO()
            Image.fromarray(example.image).save(picture, "PNG")
            archive.writestr(name, picture.getvalue())
            rows.writerow(
                (name, example.label, example.source, example.place, example.kept, example.dataset)
            )
        archive.writestr(_TABLE, table.getvalue())
    return file.getvalue()


def read_examples_file(content: bytes, dataset: str) -> list[FileExample]:
    """Return the examples in a file that this module or another program wrote.

    Args:
        dataset: name of the data set of the examples. The file need not name a data set, but must
            not name another data set.

    Raises:
        ExampleError: ``examples_file_large``: the file is too large; ``examples_file_unusable``: it
            is damaged or has another format; ``examples_file_dataset``: it names another data set;
            ``examples_file_many``: it has too many examples; ``bad_image``: an image does not have
            28x28 pixels; ``example_label``: a label does not exist in the data set.
    """
    _check_file_size(len(content))
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_file_size(sum(part.file_size for part in parts))
            # With other types of compression, reading a file may unpack more bytes than requested.
            if not {part.compress_type for part in parts} <= {
                zipfile.ZIP_STORED,
                zipfile.ZIP_DEFLATED,
            }:
                raise ValueError("packed in another way")
            read = _read_image_table if _TABLE in archive.namelist() else _read_arrays
            found = list(islice(read(archive, dataset), MOST_EXAMPLES + 1))
    except _DAMAGED:
        raise ExampleError("examples_file_unusable") from None
    if len(found) > MOST_EXAMPLES:
        raise ExampleError("examples_file_many", most=MOST_EXAMPLES)
    return found


def _check_file_size(size: int) -> None:
    if size > MOST_BYTES:
        raise ExampleError("examples_file_large", most=f"{MOST_BYTES / 1e6:g}")


def _unpack_zip_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return at most `MOST_BYTES` of a file in a ZIP archive, whose declared size may be wrong."""
    with archive.open(name) as part:
        return part.read(MOST_BYTES)


def _read_arrays(archive: zipfile.ZipFile, dataset: str) -> Iterator[FileExample]:
    images = _read_array(archive, "images")
    labels = _read_array(archive, "labels")
    if images.dtype != np.uint8 or images.shape[1:] != IMAGE_SHAPE:
        raise ExampleError("bad_image")
    if labels.dtype.kind not in "iu":
        raise ValueError("no labels")
    if "dataset.npy" in archive.namelist():
        _check_dataset_name(str(_read_array(archive, "dataset")), dataset)
    sources = (
        _read_array(archive, "sources").tolist()
        if "sources.npy" in archive.namelist()
        else ["file"] * len(images)
    )
    yield from zip(images, labels.tolist(), sources, strict=True)


def _read_array(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    """Return an array of an ``.npz`` file.

    The header is checked first, because NumPy allocates memory for all rows that the header
    declares before it notices that rows are missing.
    """
    content = _unpack_zip_member(archive, f"{name}.npy")
    file = BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("another format")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject or dtype.itemsize * np.prod(shape, dtype=float) > len(content):
        raise ValueError("less than it declares")
    return np.lib.format.read_array(BytesIO(content), allow_pickle=False)


def _read_image_table(archive: zipfile.ZipFile, dataset: str) -> Iterator[FileExample]:
    for row in csv.DictReader(StringIO(_unpack_zip_member(archive, _TABLE).decode("utf-8-sig"))):
        _check_dataset_name(row.get("dataset"), dataset)
        picture = _unpack_zip_member(archive, row["file"])
        label = (row["label"] or "").strip()
        # Check the PNG header before Pillow reads the image, because Pillow warns of huge images.
        if not picture.startswith(_HEAD):
            raise ExampleError("bad_image")
        if not (label.isascii() and label.isdigit()):
            raise ExampleError(
                "example_label", value=label[:20], last=DATASETS[dataset].class_count - 1
            )
        yield (
            np.asarray(Image.open(BytesIO(picture), formats=["PNG"])),
            int(label[:9]),
            row.get("source") or "file",
        )


def _check_dataset_name(named: str | None, dataset: str) -> None:
    if named and named != dataset:
        raise ExampleError("examples_file_dataset")
