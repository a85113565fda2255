"""Stores a visitor's own examples: labelled images to train and test networks, or a text."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, NamedTuple, get_args

import numpy as np

from fvapp.core.dataset_table import DATASETS, DatasetInfo
from fvapp.core.errors import ExampleError
from fvapp.core.stack import IMAGE_SHAPE
from fvapp.core.texts.own import MOST_SIGNS, check_text_length

Place = Literal["learn", "test"]
Source = Literal["drawing", "picture", "photo", "file"]

MOST_EXAMPLES = 500
"""Maximum number of examples in a workspace, or in a file of examples."""

HELD_OUT_EVERY = 4
"""One in this many examples with the same label is held back for testing."""

PIXELS = IMAGE_SHAPE[0] * IMAGE_SHAPE[1]
_TEST = 128  # added to the label when a held-back example is packed


@dataclass(frozen=True)
class Example:
    """An image with the label that a visitor gave it, or a visitor's own text.

    Attributes:
        id: a hash of its pixels and its data set, so an image that is kept twice is stored once.
        source: where the image came from.
        kept: when it was kept, in seconds since 1970. Every example in a workspace has a later time
            than the previous example.
        place: whether networks learn from it or are tested on it, which is decided when it is kept,
            and again when its label changes.
        pixels: 784 bytes; for a text, its characters in UTF-8.
        classroom: id of the school class in which it was kept; empty if the visitor had not joined
            a class.
    """

    id: str
    dataset: str
    label: int
    source: Source
    kept: float
    place: Place
    pixels: bytes
    classroom: str = ""

    @property
    def image(self) -> np.ndarray:
        """The image, uint8 [28, 28]."""
        return np.frombuffer(self.pixels, np.uint8).reshape(IMAGE_SHAPE)

    @property
    def text(self) -> str:
        """The visitor's own text; empty if the example is an image."""
        return self.pixels.decode() if DATASETS[self.dataset].text else ""


def make_text_example(dataset: str, text: str, kept: float, classroom: str = "") -> Example:
    """Return a visitor's own text as the only example of its data set."""
    content = text.encode()
    name = make_example_id(dataset, content, classroom)
    return Example(name, dataset, 0, "file", kept, "learn", content, classroom)


def is_valid_content(content: bytes, data: DatasetInfo) -> bool:
    """Return whether bytes are a valid image or text for an example of the data set `data`."""
    if not data.text:
        return len(content) == PIXELS
    try:
        return {*content.decode()} <= {*data.text.signs}
    except UnicodeDecodeError:
        return False


def make_example(
    dataset: str,
    image: object,
    label: object,
    source: object,
    kept: float,
    others: Iterable[Example],
) -> Example:
    """Return a new example, assigned to training or test depending on the existing ones.

    Args:
        image: uint8 [28, 28].
        others: the existing examples, of any label and data set.

    Raises:
        ExampleError: ``example_dataset``: the data set does not exist, is a visitor's text, or is
            shared by a class of students and so does not accept new examples; ``bad_image``: the
            image has another type or shape; ``example_label``: the data set has no such class.
    """
    if dataset not in DATASETS or DATASETS[dataset].is_shared or DATASETS[dataset].base_dataset:
        raise ExampleError("example_dataset")
    pixels = np.asarray(image)
    if pixels.dtype != np.uint8 or pixels.shape != IMAGE_SHAPE:
        raise ExampleError("bad_image")

    label = check_example_label(label, dataset)
    told: Source = next(
        (known_source for known_source in get_args(Source) if known_source == source), "file"
    )
    content = pixels.tobytes()
    place = choose_learn_or_test(dataset, label, others)

    return Example(make_example_id(dataset, content), dataset, label, told, kept, place, content)


def check_example_label(label: object, dataset: str) -> int:
    """Return `label` as an int if the data set has a class with this label.

    Raises:
        ExampleError: ``example_label``: the data set has no such class.
    """
    last = DATASETS[dataset].class_count - 1
    if isinstance(label, bool) or not isinstance(label, int | np.integer) or not 0 <= label <= last:
        raise ExampleError("example_label", value=str(label)[:20], last=last)
    return int(label)


def choose_learn_or_test(
    dataset: str, label: int, others: Iterable[Example], held_out: int = HELD_OUT_EVERY
) -> Place:
    """Return whether networks learn from the next example with a label, or are tested on it.

    By default, every fourth example of a label is held back for testing.
    """
    places = [other.place for other in others if (other.dataset, other.label) == (dataset, label)]
    return "test" if places.count("test") < (len(places) + 1) // held_out else "learn"


def check_enough_examples(
    data: DatasetInfo, examples: Sequence[Example], alone: bool = True
) -> None:
    """Refuse a visitor's own data set if it has too few examples to train and test a network.

    Args:
        alone: whether the network learns only from this data set. In that case, a text must be
            longer.

    Raises:
        ExampleError: ``own_too_few``: classes have too few drawings, and the error names each with
            its numbers to learn from and to test with; ``no_examples``, ``class_set_gone``,
            ``no_text``, ``class_text_gone``: the data set has no images or no text; ``text_short``,
            ``text_short_alone``: the text is too short.
    """
    places = Counter((example.label, example.place) for example in examples)
    if not places:
        raise ExampleError(data.no_data_error, dataset=data.dataset_text_key("name"))
    if data.text:
        check_text_length(examples[0].text, data, alone)
        return
    short = [
        f"{name} {places[label, 'learn']} + {places[label, 'test']}"
        for label, name in enumerate(data.class_names)
        if places[label, "learn"] < HELD_OUT_EVERY - 1 or not places[label, "test"]
    ]
    if short:
        raise ExampleError("own_too_few", counts=" · ".join(short))


def make_example_id(dataset: str, pixels: bytes, classroom: str = "") -> str:
    """Return the id of an example.

    Args:
        classroom: id of the visitor's school class, if the visitor has kept the same image both in
            class and outside class. The two examples then have different ids, because an example
            from outside must not be visible to the class.
    """
    return blake2b((dataset + classroom).encode() + pixels, digest_size=8).hexdigest()


class ExampleSet(NamedTuple):
    """The parts of a run's examples that training needs, as arrays.

    Attributes:
        images, labels: uint8 [n, 28, 28] and [n].
        held_out_mask: which images are for testing, bool [n].
        text: the visitor's own text, or an empty string; with a text, there are no images.
    """

    images: np.ndarray
    labels: np.ndarray
    held_out_mask: np.ndarray
    text: str = ""

    @classmethod
    def from_examples(cls, examples: Iterable[Example]) -> ExampleSet:
        """Return the example set that contains `examples`, sorted by id."""
        examples = sorted(examples, key=lambda example: example.id)
        return cls._from_row_bytes(
            b"".join(
                bytes([example.label + _TEST * (example.place == "test")]) + example.pixels
                for example in examples
                if not example.text
            )
        )._replace(text="".join(example.text for example in examples))

    @classmethod
    def from_bytes(cls, content: bytes, data: DatasetInfo) -> ExampleSet:
        """Return the example set that :meth:`to_bytes` wrote; the source may be untrusted.

        Raises:
            ExampleError: ``examples_unusable``: the bytes are not a set of examples of `data`.
        """
        reader = zlib.decompressobj()
        try:
            rows = reader.decompress(content, MOST_EXAMPLES * (1 + PIXELS) + 1)
        except zlib.error:
            raise ExampleError("examples_unusable") from None
        if data.text:
            text = rows.decode() if reader.eof and is_valid_content(rows, data) else ""
            if not 0 < len(text) <= MOST_SIGNS:
                raise ExampleError("examples_unusable")
            return NO_EXAMPLES._replace(text=text)

        if len(rows) % (1 + PIXELS) or len(rows) > MOST_EXAMPLES * (1 + PIXELS) or not reader.eof:
            raise ExampleError("examples_unusable")
        found = cls._from_row_bytes(rows)
        if (found.labels >= data.class_count).any():
            raise ExampleError("examples_unusable")
        return found

    @classmethod
    def _from_row_bytes(cls, rows: bytes) -> ExampleSet:
        table = np.frombuffer(rows, np.uint8).reshape(-1, 1 + PIXELS)
        return cls(
            table[:, 1:].reshape(-1, *IMAGE_SHAPE), table[:, 0] % _TEST, table[:, 0] >= _TEST
        )

    def to_bytes(self) -> bytes:
        return zlib.compress(self._to_row_bytes())

    @property
    def is_empty(self) -> bool:
        return not (self.text or len(self.labels))

    def count_examples(self, place: Place) -> int:
        """Return the number of examples to learn from or to test on.

        If the network learns from a text, return the number of characters in the text instead.
        """
        if place == "learn" and self.text:
            return len(self.text)
        return int(np.sum(self.held_out_mask == (place == "test")))

    @property
    def content_digest(self) -> str:
        """A hash of the images with their labels and places, or of the text."""
        return blake2b(self._to_row_bytes(), digest_size=8).hexdigest()

    def with_held_out_fold(self, fold: int) -> ExampleSet:
        """Return the same examples with the given fold (part) held back, for cross-validation.

        Each example is in exactly one fold. Source: S. Geisser, "The predictive sample reuse method
        with applications", Journal of the American Statistical Association 70 (1975).

        Args:
            fold: 0 to `HELD_OUT_EVERY` - 1; 0 leaves the held-back examples as they are.
        """
        if not fold:
            return self
        held_out = np.zeros(len(self.labels), bool)
        for label in np.unique(self.labels):
            learned = np.flatnonzero((self.labels == label) & ~self.held_out_mask)
            held_out[learned[fold - 1 :: HELD_OUT_EVERY - 1]] = True
        return self._replace(held_out_mask=held_out)

    def images_and_labels(self, place: Place) -> tuple[np.ndarray, np.ndarray]:
        """Return the images and labels of the examples to learn from or to test on."""
        rows = self.held_out_mask == (place == "test")
        return self.images[rows], self.labels[rows]

    def _to_row_bytes(self) -> bytes:
        if self.text:
            return self.text.encode()
        first = (self.labels + _TEST * self.held_out_mask).astype(np.uint8)
        return np.concatenate([first[:, None], self.images.reshape(-1, PIXELS)], axis=1).tobytes()


NO_EXAMPLES = ExampleSet.from_examples(())
