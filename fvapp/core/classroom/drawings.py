"""Makes data sets from the drawings and sentences that a school class has kept."""

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Literal

from fvapp.core.dataset_table import (
    CLASS,
    CLASS_TEXT,
    DATASETS,
    MOST_OWN,
    MOST_OWN_NAME,
    make_own_dataset_name,
)
from fvapp.core.errors import EngineError, ExampleError
from fvapp.core.examples import (
    HELD_OUT_EVERY,
    PIXELS,
    Example,
    check_enough_examples,
    make_example_id,
    make_text_example,
)
from fvapp.core.names import lookalike_key
from fvapp.core.schema import Whole, has_length_between
from fvapp.core.texts.own import MOST_SIGNS, check_text_length, clean_text_addition, read_own_text

SENTENCES = ""
"""Value of `word` in a `RoundDrawing` that holds a text instead of a drawing."""

_MOST_BYTES = 4 * MOST_SIGNS  # a character takes at most 4 bytes in UTF-8


def _is_valid_content(packed: bytes) -> bool:
    try:
        return 0 < len(zlib.decompressobj().decompress(packed, _MOST_BYTES + 1)) <= _MOST_BYTES
    except zlib.error:
        return False


@dataclass(frozen=True)
class RoundDrawing:
    """A drawing or text that a school class has kept, with the number of the student who made it.

    Attributes:
        round: number of the round in which the drawing or text was made.
        word: the word that the class was asked to draw; `SENTENCES` for a text.
        place: whether networks learn from it or are tested on it in the latest data set of the
            class; empty if that data set does not contain it.
        image: 784 pixels row by row, one byte each, or the text in UTF-8; compressed by zlib.
    """

    round: Whole
    seat: Whole
    word: Annotated[str, has_length_between(0, MOST_OWN_NAME)]
    place: Literal["", "learn", "test"]
    image: Annotated[bytes, _is_valid_content]

    @property
    def has_complete_content(self) -> bool:
        """Whether the content is complete: text, or all pixels of an image."""
        return self.word == SENTENCES or len(self.pixels) == PIXELS

    @property
    def text(self) -> str:
        """The text; only meaningful if `word` is `SENTENCES`."""
        return self.pixels.decode(errors="replace")

    @property
    def pixels(self) -> bytes:
        """The pixels of the image, 784 bytes; for text, its bytes in UTF-8."""
        return zlib.decompress(self.image)


def count_words(drawings: Iterable[RoundDrawing]) -> dict[str, int]:
    """Return the number of drawings of each word; words that were drawn first come first."""
    drawn = (
        drawing for drawing in sorted(drawings, key=lambda drawing: drawing.round) if drawing.word
    )
    return dict(Counter(drawing.word for drawing in drawn))


@dataclass(frozen=True)
class CollectionSummary:
    """The summary of kept drawings and text that the teacher of a school class sees.

    Attributes:
        drawings_by_word: word -> number of kept drawings of the word.
        dataset_words: the words of the data set that the class was last given.
        is_dataset_complete: whether that data set contains every kept drawing.
        is_dataset_trainable: whether that data set still has enough drawings of each word.
        text_length: length of the kept text, in characters.
        held_out_students: number of students whose drawings are all held back for testing; 0 if
            individual drawings are held back instead.
    """

    drawings_by_word: dict[str, int]
    dataset_words: tuple[str, ...] = ()
    is_dataset_complete: bool = False
    is_dataset_trainable: bool = False
    held_out_students: int = 0
    text_length: int = 0


def summarize_drawings(dataset: str, drawings: Sequence[RoundDrawing]) -> CollectionSummary:
    """Return a summary of the drawings and text that a class has kept.

    Args:
        dataset: name of the data set that the class was last given; empty if it was given none.
    """
    given = DATASETS[dataset].english_names if dataset and not DATASETS[dataset].text else ()
    whole = bool(given) and all(drawing.place for drawing in drawings if drawing.word)
    trainable = bool(given) and _is_trainable(dataset, tuple(drawings))
    signs = sum(len(drawing.text) for drawing in drawings if not drawing.word)
    return CollectionSummary(
        count_words(drawings), given, whole, trainable, count_held_out_students(drawings), signs
    )


def _is_trainable(dataset: str, drawings: tuple[RoundDrawing, ...]) -> bool:
    try:
        check_enough_examples(DATASETS[dataset], examples_from_drawings(dataset, drawings))
    except ExampleError:
        return False
    return True


def find_earlier_spelling(word: str, drawings: Iterable[RoundDrawing]) -> str:
    """Return a word as the class spelled it when it was first drawn; return a new word unchanged.

    Spellings that look alike count as the same word.

    Raises:
        EngineError: ``class_words``: the word is new, and the class already has as many words as a
            data set may have classes.
    """
    words = count_words(drawings)
    same = next((known for known in words if lookalike_key(known) == lookalike_key(word)), None)
    if same is None and len(words) >= MOST_OWN:
        raise EngineError("class_words", most=MOST_OWN)
    return same or word


def make_class_dataset(drawings: Iterable[RoundDrawing]) -> tuple[str, tuple[RoundDrawing, ...]]:
    """Return a data set's name and drawings, each assigned to learning or testing.

    All drawings of every fourth student are held back, so that the network is tested on drawings by
    people it never learned from. To choose these students, all students are sorted by the number of
    words that they drew, in descending order, then by seat number. If too few drawings of a word
    are left for learning or testing, for instance with fewer than four students, every fourth
    drawing of each word is held back instead.

    Raises:
        DatasetError: see ``make_own_dataset_name``.
        ExampleError: ``own_too_few``: there are too few drawings of a word.
    """
    drawings = sorted(
        (drawing for drawing in drawings if drawing.word),
        key=lambda drawing: (drawing.round, drawing.seat),
    )
    words = list(count_words(drawings))
    dataset = make_own_dataset_name(words, CLASS)
    drew = Counter(seat for seat, _ in {(drawing.seat, drawing.word) for drawing in drawings})
    seats = sorted(drew, key=lambda seat: (-drew[seat], seat))[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY]
    of_words = ([drawing for drawing in drawings if drawing.word == word] for word in words)
    by_student = [drawing for drawing in drawings if drawing.seat in seats]
    by_drawing = [
        drawing for of_word in of_words for drawing in of_word[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY]
    ]
    try:
        return dataset, _assign_to_learn_or_test(dataset, drawings, by_student)
    except ExampleError:
        return dataset, _assign_to_learn_or_test(dataset, drawings, by_drawing)


def make_class_text(
    number: int, texts: Iterable[tuple[int, str]], base: str
) -> tuple[str, tuple[RoundDrawing, ...]]:
    """Return the name of the data set made from the texts of a class, and the texts to keep.

    Args:
        number: number of the round in which the texts were written; 0 for no round.
        texts: seat number -> text as typed by the student with this number; 0 for the teacher.
        base: name of the text data set with which the texts can be mixed.

    Raises:
        ExampleError: see `read_own_text` and `check_text_length`.
    """
    typed = dict(texts)
    dataset = read_own_text("\n".join(typed.values()), base, CLASS_TEXT).dataset_name
    read = ((seat, clean_text_addition(dataset, text)) for seat, text in typed.items())
    kept = tuple(
        RoundDrawing(number, seat, SENTENCES, "learn", zlib.compress(text.encode()))
        for seat, text in read
        if text
    )
    whole = "".join(drawing.text for drawing in examples_from_drawings(dataset, kept))
    check_text_length(whole, DATASETS[dataset], alone=False)
    return dataset, kept


def _assign_to_learn_or_test(
    dataset: str, drawings: list[RoundDrawing], held: list[RoundDrawing]
) -> tuple[RoundDrawing, ...]:
    placed = tuple(
        replace(drawing, place="test" if drawing in held else "learn") for drawing in drawings
    )
    check_enough_examples(DATASETS[dataset], examples_from_drawings(dataset, placed))
    return placed


def count_held_out_students(drawings: Iterable[RoundDrawing]) -> int:
    """Return the number of students whose drawings are all held back for testing.

    The number is 0 if individual drawings of students are held back instead.
    """
    learn, test = (
        {drawing.seat for drawing in drawings if drawing.place == place}
        for place in ("learn", "test")
    )
    return 0 if learn & test else len(test)


@lru_cache(16)
def examples_from_drawings(dataset: str, drawings: tuple[RoundDrawing, ...]) -> tuple[Example, ...]:
    """Return the drawings of a data set as examples, in an order that hides who drew them."""
    if DATASETS[dataset].base_dataset:
        texts = sorted(drawing.text for drawing in drawings if not drawing.word and drawing.place)
        return (make_text_example(dataset, "".join(texts), 0.0),) if texts else ()
    names = DATASETS[dataset].english_names
    examples = (
        Example(
            make_example_id(dataset, pixels),
            dataset,
            names.index(drawing.word),
            "drawing",
            0.0,
            place,
            pixels,
        )
        for drawing in drawings
        if (place := drawing.place) and drawing.word in names and (pixels := drawing.pixels)
    )
    # Two students may have made the same drawing. Both drawings then have the same id, so the order
    # depends on label and place, too.
    return tuple(sorted(examples, key=lambda example: (example.id, example.label, example.place)))
