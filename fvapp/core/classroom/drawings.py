"""The drawings that a class has kept of its rounds, and the data set that it makes of them."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from fvapp.core.dataset_table import CLASS, DATASETS, MOST_OWN_NAME, own_name
from fvapp.core.errors import ExampleError
from fvapp.core.examples import HELD_OUT, PIXELS, Example, check_enough, example_id, place_for
from fvapp.core.schema import Whole, has_length


@dataclass(frozen=True)
class Drawing:
    """A drawing that a class has kept. Nothing says whose it is but the number of a seat.

    Attributes:
        round: number of the round in which it was drawn.
        word: what was to be drawn.
        place: of the data set that was given to the class last; empty where it is not in it.
        image: its pixels, compressed.
    """

    round: Whole
    seat: Whole
    word: Annotated[str, has_length(1, MOST_OWN_NAME)]
    place: Literal["", "learn", "test"]
    image: Annotated[bytes, has_length(1, 2 * PIXELS)]

    @property
    def pixels(self) -> bytes:
        """The image, 784 bytes.

        Raises:
            ValueError: it is none.
        """
        try:
            found = zlib.decompress(self.image)
        except zlib.error as error:
            raise ValueError("no image") from error
        if len(found) != PIXELS:
            raise ValueError("no image")
        return found


def count_words(drawings: Iterable[Drawing]) -> dict[str, int]:
    """Return how many drawings there are of each word, in the order in which the class drew them first."""
    return dict(Counter(each.word for each in sorted(drawings, key=lambda each: each.round)))


def split(drawings: Sequence[Drawing]) -> tuple[str, list[Drawing]]:
    """Return the data set that drawings make: its name, and the drawings with their places.

    Every fourth student is held back with all of theirs, so that the test asks about hands that were never seen. First
    come those who drew most of the words, each in the order of the seats. Where that leaves a word without enough to
    learn from or to test with, as with fewer than four students, every fourth drawing of a word is held back instead.

    Raises:
        DatasetError: as ``own_name``.
        ExampleError: ``own_too_few``: there are too few drawings of a word.
    """
    drawings = sorted(drawings, key=lambda each: (each.round, each.seat))
    dataset = own_name(list(count_words(drawings)), CLASS)
    words = Counter(seat for seat, _ in {(each.seat, each.word) for each in drawings})
    held = sorted(words, key=lambda seat: (-words[seat], seat))[HELD_OUT - 1 :: HELD_OUT]
    placed = [replace(each, place="test" if each.seat in held else "learn") for each in drawings]
    try:
        check_enough(DATASETS[dataset], examples_of(dataset, placed))
    except ExampleError:
        by_drawing: list[Example] = []
        for each in examples_of(dataset, placed):
            by_drawing.append(replace(each, place=place_for(dataset, each.label, by_drawing)))
        check_enough(DATASETS[dataset], by_drawing)
        placed = [replace(each, place=other.place) for each, other in zip(placed, by_drawing, strict=True)]
    return dataset, placed


def students_held_back(drawings: Iterable[Drawing]) -> int:
    """Return how many students are the test with all of their drawings; 0 where single drawings are."""
    learn, test = ({each.seat for each in drawings if each.place == place} for place in ("learn", "test"))
    return 0 if learn & test else len(test)


def examples_of(dataset: str, drawings: Iterable[Drawing]) -> tuple[Example, ...]:
    """Return the drawings of a class's data set as its examples, in the order in which they were drawn."""
    names, placed = DATASETS[dataset].english_names, (each for each in drawings if each.place)
    return tuple(
        Example(example_id(dataset, pixels), dataset, names.index(each.word), "drawing", 0.0, each.place, pixels)
        for each in sorted(placed, key=lambda each: (each.round, each.seat))
        if (pixels := each.pixels)
    )
