"""Makes and reads text strips, which are images of 28x28 pixels that encode characters.

Each character has a row, with the newest character in the bottom row. The columns of the white
pixels in a row encode its character; see `TextForm.white_pixel_columns`.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from fvapp.core.texts.signs import SIDE, TextForm

STRIPS_PER_SIGN = 10
"""One in this many blocks of a text is held out for testing."""

ALIGNMENT = 64
"""TensorFlow's kernels and XLA expect buffers to start at a multiple of this many bytes."""

LEAST_TESTED = 4_000
"""Minimum number of characters of a text that gets a test set.

In a shorter text, too few blocks of characters would be held out.
"""

MOST_TRAINED = 60_000
"""Maximum number of text strips to train with: as many as Fashion-MNIST has training images."""

SHUFFLED_BY = 1
"""Seed of the order in which a text's blocks of strips are used."""

MADE = 1
"""Version of the rules for making and holding out text strips.

Increase it when the rules change, so that cached strips are made again.
"""

_WHITE = 255


class StripPositions(NamedTuple):
    """The training and test strips (images) of a text, as positions in the text.

    The position of a strip is the position of its label, the character that follows the strip.
    """

    train: np.ndarray
    test: np.ndarray


def labels_of_text(text: str, form: TextForm) -> np.ndarray:
    """Return the label of each character of a text, uint8 or uint16 [n]."""
    kind = np.min_scalar_type(len(form.signs) - 1)
    return np.array([form.label_by_sign[sign] for sign in text], kind)


def held_out_mask(count: int) -> np.ndarray:
    """Return which of the `count` characters of a text are held out for testing, bool [count]."""
    blocks = np.arange(count) // text_block_length(count)
    return (blocks % STRIPS_PER_SIGN == STRIPS_PER_SIGN - 1) & (count >= LEAST_TESTED)


def text_block_length(count: int) -> int:
    """Return the number of characters in each block of a text with `count` characters."""
    return min(400, max(100, count // 150))


def partition_strips(count: int, form: TextForm) -> StripPositions:
    """Return the training and test strips (images) of a text with `count` characters.

    No training strip contains a tested character. The last training strips are used for validation.
    Blocks of strips are shuffled, so that the validation strips do not all come from the end of the
    text.
    """
    tested = held_out_mask(count)
    places = np.arange(form.context, count)
    generator = np.random.default_rng(SHUFFLED_BY)
    train = places[~tested[places] & ~tested[places - form.context]]
    parts = np.split(train, np.flatnonzero(np.diff(train) > 1) + 1)
    shuffled = (
        [parts[number] for number in generator.permutation(len(parts))] if len(train) else [train]
    )
    return StripPositions(
        np.concatenate(shuffled)[:MOST_TRAINED], generator.permutation(places[tested[places]])
    )


def make_strips(labels: np.ndarray, places: np.ndarray, form: TextForm) -> np.ndarray:
    """Return images of the characters before the given positions of a text, uint8 [n, 28, 28].

    Args:
        labels: labels of the characters of the text; places: positions in the text, none of them
            among the first `form.context`.
    """
    images = aligned_zeros((len(places), SIDE, SIDE), np.uint8)
    rows = np.arange(len(places))
    for back in range(1, form.context + 1):
        for columns in form.white_pixel_columns[labels[places - back]].T:
            images[rows, SIDE - back, columns] = _WHITE
    return images


def make_packed_strips(labels: np.ndarray, places: np.ndarray, form: TextForm) -> np.ndarray:
    """Return the images from :func:`make_strips`, packed by :func:`pack_images`, int32 [n, 28]."""
    bits = (1 << form.white_pixel_columns).sum(axis=1)
    packed = np.zeros((len(places), SIDE), np.int32)
    for back in range(1, form.context + 1):
        packed[:, SIDE - back] = bits[labels[places - back]]
    return packed


def pack_images(images: np.ndarray) -> np.ndarray:
    """Return black-and-white images packed into a seventh of their memory, int32 [n, 28].

    Each row of pixels becomes one number, whose lowest bit is the first column.

    Args:
        images: uint8 [n, 28, 28].
    """
    return np.packbits(images, axis=2, bitorder="little").view("<i4")[..., 0]


def unpack_images(packed: np.ndarray) -> np.ndarray:
    """Return the images, uint8 [n, 28, 28], that :func:`pack_images` packed."""
    return (packed[..., None] >> np.arange(SIDE) & 1).astype(np.uint8) * np.uint8(_WHITE)


def aligned_zeros(shape: tuple[int, ...], kind: DTypeLike) -> np.ndarray:
    """Return an array of zeros whose memory a TensorFlow tensor can share."""
    size = prod(shape) * np.dtype(kind).itemsize
    memory = np.zeros(size + ALIGNMENT, np.uint8)
    begin = -memory.ctypes.data % ALIGNMENT
    return memory[begin : begin + size].view(kind).reshape(shape)


def strip_of_text_end(text: str, form: TextForm) -> np.ndarray:
    """Return an image that encodes the end of a text, uint8 [28, 28]; unused rows are black."""
    image = np.zeros((SIDE, SIDE), np.uint8)
    for back, sign in enumerate(reversed(text[-form.context :]), 1):
        image[SIDE - back, form.white_pixel_columns[form.label_by_sign[sign]]] = _WHITE
    return image


def append_character_to_strip(image: np.ndarray, label: int, form: TextForm) -> np.ndarray:
    """Return a text strip (image) with its rows moved up and a new character in the last row."""
    after = np.zeros_like(image)
    after[SIDE - form.context : -1] = image[SIDE - form.context + 1 :]
    after[-1, form.white_pixel_columns[label]] = _WHITE
    return after


def characters_in_strip(image: np.ndarray, form: TextForm) -> list[str]:
    """Return the character in each row of an image of text, top to bottom; "" for empty rows.

    In a row with grey pixels, the lightest pixels encode the character.

    Args:
        image: uint8 [28, 28].
    """
    labels = _labels_of_pixel_rows(image[SIDE - form.context :], form)
    return [form.signs[label] if label >= 0 else "" for label in labels]


def _labels_of_pixel_rows(rows: np.ndarray, form: TextForm) -> np.ndarray:
    """Return the label of the character that each row of pixels encodes; -1 for an empty row.

    Args:
        rows: uint8 [n, 28].
    """
    label_at = np.full((SIDE,) * form.whites, -1)
    label_at[tuple(form.white_pixel_columns.T)] = np.arange(len(form.signs))
    lightest = np.sort(rows.argsort(axis=1)[:, -form.whites :])
    lit = np.take_along_axis(rows, lightest, axis=1).all(axis=1)
    return np.where(lit, label_at[tuple(lightest.T)], -1)


def text_in_strip(image: np.ndarray, form: TextForm) -> str:
    """Return the text that a text strip (an image of 28x28 pixels) encodes."""
    return "".join(characters_in_strip(image, form))


def texts_in_strips(images: np.ndarray, form: TextForm) -> list[str]:
    """Return the texts that text strips (images) encode; consecutive strips give a single text.

    Args:
        images: strips in the order of their texts, uint8 [n, 28, 28], without empty rows. Within a
            text, the newest character of a strip is the character after the previous strip.
    """
    above = slice(SIDE - form.context, SIDE - 1)
    below = slice(SIDE - form.context + 1, SIDE)
    goes_on = (images[1:, above] == images[:-1, below]).all(axis=(1, 2))
    edges = [0, *(np.flatnonzero(~goes_on) + 1).tolist(), len(images)]
    newest = _labels_of_pixel_rows(images[:, -1], form)
    return [
        text_in_strip(images[begin], form)
        + "".join(form.signs[label] for label in newest[begin + 1 : end])
        for begin, end in pairwise(edges)
    ]


def training_text_blocks(text: str) -> list[str]:
    """Return the parts of a text that networks learn from, between the held-out blocks."""
    return _split_text_blocks(text, held=False)


def held_out_text_blocks(text: str) -> list[str]:
    """Return the blocks of a text that are held out for testing."""
    return _split_text_blocks(text, held=True)


def _split_text_blocks(text: str, held: bool) -> list[str]:
    tested = held_out_mask(len(text))
    edges: Sequence[int] = [0, *(np.flatnonzero(np.diff(tested)) + 1).tolist(), len(text)]
    return [
        text[begin:end] for begin, end in pairwise(edges) if begin < end and tested[begin] == held
    ]
