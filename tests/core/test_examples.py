"""A visitor's own examples: used for training or held back, as arrays, and as files."""

import csv
import random
import tracemalloc
import zipfile
import zlib
from io import BytesIO, StringIO

import numpy as np
import pytest
from PIL import Image

from fvapp.core.dataset_table import DATASETS
from fvapp.core.documents.example_files import (
    MOST_BYTES,
    read_examples_file,
    write_examples_npz,
    write_examples_zip,
)
from fvapp.core.errors import ExampleError
from fvapp.core.examples import MOST_EXAMPLES, ExampleSet, make_example
from random_networks import random_pixels
from refusal import refused


def made(labels, dataset="mnist", first=0):
    examples = []
    for number, label in enumerate(labels, start=first):
        examples.append(
            make_example(dataset, random_pixels(number), label, "drawing", 1e9 + number, examples)
        )
    return examples


def test_every_fourth_example_of_a_class_is_held_back_whatever_was_deleted():
    places = [each.place for each in made([3] * 9)]
    assert [at for at, place in enumerate(places) if place == "test"] == [3, 7]
    mixed = made([1, 2] * 4)
    assert [each.place for each in mixed] == ["learn"] * 6 + ["test"] * 2
    # Of four examples, either a training example or the only held-back example was deleted.
    for left, place in (
        (slice(1, None), "learn"),
        (slice(3), "test"),
    ):
        assert (
            make_example("mnist", random_pixels(9), 3, "photo", 2e9, made([3] * 4)[left]).place
            == place
        )


@pytest.mark.parametrize("label", [-1, 10, 1.0, True, None, "7", [7]])
def test_a_label_outside_of_the_ten_classes_is_refused(label):
    with refused("example_label"):
        make_example("mnist", random_pixels(0), label, "drawing", 1e9, ())


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((28, 28)),
        np.zeros((28, 27), "uint8"),
        np.zeros((1, 28, 28), "uint8"),
        None,
        "image",
        random_pixels(0).tolist(),
    ],
    ids=["floats", "narrow", "several", "none", "text", "lists"],
)
def test_an_array_that_is_not_an_image_is_refused(image):
    with refused("bad_image"):
        make_example("mnist", image, 3, "drawing", 1e9, ())


def test_the_arrays_do_not_depend_on_the_order_of_the_examples():
    examples = made([1, 2, 3, 3, 3, 3, 0])
    mixed = random.Random(1).sample(examples, len(examples))
    one = ExampleSet.from_examples(examples)
    other = ExampleSet.from_examples(mixed)
    assert one.content_digest == other.content_digest and one.to_bytes() == other.to_bytes()
    assert (
        one.content_digest
        != ExampleSet.from_examples(examples[1:]).content_digest
        != ExampleSet.from_examples(made([2, 2, 3, 3, 3, 3, 0])).content_digest
    )
    images, labels = one.images_and_labels("test")
    assert labels.tolist() == [3] and np.array_equal(images[0], examples[5].image)
    assert sorted(one.images_and_labels("learn")[1].tolist()) == [0, 1, 2, 3, 3, 3]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        zlib.compress(bytes(784)),
        zlib.compress(bytes([11]) + bytes(784)),
        zlib.compress(bytes(785 * (MOST_EXAMPLES + 1))),
        zlib.compress(bytes(10**9 // 4)),  # a zip bomb that unpacks to 250 MB
        ExampleSet.from_examples(made([1, 2])).to_bytes()[:-9],
    ],
    ids=["nothing", "no zlib", "half", "no label", "too many", "bomb", "cut"],
)
def test_bytes_that_are_not_an_example_set_are_refused(content):
    with refused("examples_unusable"):
        ExampleSet.from_bytes(content, DATASETS["mnist"])


@pytest.mark.parametrize("write", [write_examples_npz, write_examples_zip])
@pytest.mark.parametrize("labels", [range(10), (7,), ()], ids=["ten", "one", "none"])
def test_a_file_of_examples_comes_back(write, labels):
    examples = made(labels)
    read = read_examples_file(write(examples), "mnist")
    assert [label for _, label, _ in read] == [each.label for each in examples]
    assert all(
        np.array_equal(image, each.image)
        for (image, _, _), each in zip(read, examples, strict=True)
    )
    assert {source for _, _, source in read} == ({"drawing"} if examples else set())


@pytest.mark.parametrize("write", [write_examples_npz, write_examples_zip])
def test_the_largest_file_there_can_be_comes_back_and_as_no_other_data_set(write):
    content = write(made([number % 10 for number in range(MOST_EXAMPLES)]))
    assert len(content) < MOST_BYTES / 2
    assert len(read_examples_file(content, "mnist")) == MOST_EXAMPLES
    with refused("examples_file_dataset"):
        read_examples_file(content, "fashion_mnist")


def npz(**arrays) -> bytes:
    file = BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def zipped(way=zipfile.ZIP_DEFLATED, **parts: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", way) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "."), content)
    return file.getvalue()


def understated(content: bytes) -> bytes:
    """Return an archive whose images unpack to `content`, but whose header claims 99 bytes."""
    size = len(content).to_bytes(4, "little")
    return zipped(images__npy=content, labels__npy=b"").replace(size, (99).to_bytes(4, "little"))


def header(shape, dtype="|u1") -> bytes:
    file = BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": dtype, "fortran_order": False, "shape": shape}
    )
    return file.getvalue()


def png(image=None, mode="L", size=(28, 28)) -> bytes:
    file = BytesIO()
    (Image.new(mode, size) if image is None else Image.fromarray(image)).save(file, "PNG")
    return file.getvalue()


def table(*rows: tuple[str, ...], columns=("file", "label")) -> bytes:
    text = StringIO()
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue().encode()


def arrays(images: bytes, labels: bytes) -> bytes:
    return zipped(images__npy=images, labels__npy=labels)


def pictured(picture: bytes, *rows: tuple[str, ...], **options) -> bytes:
    """Return an archive with one picture, and with a table that lists the picture and more rows."""
    return zipped(examples__csv=table(("a.png", "1"), *rows, **options), a__png=picture)


IMAGES = np.stack([random_pixels(0), random_pixels(1)])
LABELS = np.array([3, 4])
GOOD = npz(images=IMAGES, labels=LABELS)
FORGED = {
    "examples_file_large": {
        "too large": bytes(MOST_BYTES + 1),
        "a bomb": zipped(images__npy=header((2, 28, 28)) + bytes(50_000_000)),
        "a picture that is a bomb": pictured(bytes(3_000_000)),
        "a table of a million rows": zipped(examples__csv=table(*[("a", "1")] * 1_000_000)),
    },
    "examples_file_unusable": {
        "no archive": b"nonsense",
        "nothing": b"",
        "cut off": GOOD[:-40],
        "one byte changed": GOOD[:90] + bytes([GOOD[90] ^ 255]) + GOOD[91:],
        "a part that says it is small": understated(bytes(99_999_999)),
        "a quote that stays open": zipped(examples__csv=b'file,label\n"' + bytes(200_000)),
        "packed by bzip2": zipped(zipfile.ZIP_BZIP2, images__npy=bytes(99)),
        "a million rows told of": arrays(header((10**6, 28, 28)), header((10**6,))),
        "wide rows told of": arrays(header((9, 10**9)), header((9,))),
        "a row of objects": npz(images=np.array([{}], object), labels=LABELS),
        "a pickle": arrays(b"\x80\x04K\x01.", b"\x80\x04K\x01."),
        "no labels": npz(images=IMAGES),
        "too few labels": npz(images=IMAGES, labels=LABELS[:1]),
        "labels that are texts": npz(images=IMAGES, labels=np.array(["3", "4"])),
        "a table without its columns": pictured(png(), columns=("a", "b")),
        "a table of no text": zipped(examples__csv=b"\xff\xfe\x00"),
        "a picture that is not there": zipped(examples__csv=table(("a.png", "1"))),
        "a picture that is cut off": pictured(png(random_pixels(0))[:80]),
    },
    "examples_file_many": {
        "a table of too many rows": pictured(png(), *[("a.png", "1")] * 500),
    },
    "bad_image": {
        "images of floats": npz(images=IMAGES / 255, labels=LABELS),
        "images of another size": npz(images=IMAGES[:, :27], labels=LABELS),
        "a picture that is none": pictured(b"GIF89a"),
        "a picture in colours": pictured(png(mode="RGB")),
        "a huge picture": pictured(png(size=(9_999, 9_999))),
    },
    "example_label": {
        "a label that is no number": zipped(examples__csv=table(("a.png", "cat")), a__png=png()),
    },
}
"""Code of the error -> files that are refused with it."""
CASES = {name: (content, code) for code, files in FORGED.items() for name, content in files.items()}


@pytest.mark.parametrize(("content", "code"), CASES.values(), ids=CASES)
def test_a_forged_file_raises_a_named_error(content, code):
    with pytest.raises(ExampleError, match=code):
        read_examples_file(content, "mnist")


@pytest.mark.parametrize(
    "name", ["a bomb", "a part that says it is small", "a million rows told of"]
)
def test_a_refused_file_is_not_unpacked(name):
    tracemalloc.start()
    with pytest.raises(ExampleError):
        read_examples_file(CASES[name][0], "mnist")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * MOST_BYTES


def test_a_plain_file_made_elsewhere_is_read():
    assert [found[1:] for found in read_examples_file(GOOD, "mnist")] == [(3, "file"), (4, "file")]
