"""Converts texts of visitors or school classes to learnable characters; limits their length."""

from collections import Counter
from typing import NamedTuple

from fvapp.core.dataset_table import DATASETS, OWN_TEXT, DatasetInfo, make_own_text_name
from fvapp.core.errors import ExampleError
from fvapp.core.texts.signs import STOPS, clean_text, is_wide_character

MOST_SIGNS = 60_000
LEAST_MIXED = 500
LEAST_ALONE = 2_000
RECITED = 20_000
"""Number of characters below which a network that learns a single text recites it."""

MOST_TYPED = 4 * MOST_SIGNS
"""Maximum number of typed characters, including characters that are dropped later."""


class OwnText(NamedTuple):
    """A visitor's own text, converted to the characters of its data set.

    Attributes:
        dataset_name: name of the data set of the text, which encodes the characters that the text
            adds.
        dropped_characters: the characters of the typed text that were dropped, each once, in order
            of appearance.
    """

    dataset_name: str
    text: str
    dropped_characters: str


def read_own_text(typed: str, base: str, of: str = OWN_TEXT) -> OwnText:
    """Return a typed text in the form in which a network reads it.

    If the data set `base` has spare labels, they are given to the most common wide characters of
    the typed text, such as Chinese characters.

    Args:
        base: name of the text data set that the typed text can be mixed into.
        of: who wrote the text: `OWN_TEXT` for a visitor, `CLASS_TEXT` for a school class.

    Raises:
        ExampleError: ``example_dataset``: `base` is not a text data set that ships; ``text_long``:
            the text has too many characters.
    """
    form = DATASETS[base].text if base in DATASETS and not DATASETS[base].is_own else None
    if form is None:
        raise ExampleError("example_dataset")
    if len(typed) > MOST_TYPED:
        raise text_too_long_error(len(typed))

    known = clean_text(typed, form)
    free = form.spare_sign_count
    wide = {each for each in known.dropped_characters if is_wide_character(each)}
    commonest = Counter(each for each in typed if each in wide).most_common(free)
    signs = "".join(sign for sign, _ in commonest)
    dataset = make_own_text_name(base, signs, of)
    read = DATASETS[dataset].text
    text, dropped = clean_text(typed, read) if signs and read else known
    if len(text) > MOST_SIGNS:
        raise text_too_long_error(len(text))
    return OwnText(dataset, text, dropped)


def text_too_long_error(signs: int) -> ExampleError:
    """Return the error for a text that has `signs` characters and is therefore too long."""
    return ExampleError("text_long", signs=f"{signs:,}", most=f"{MOST_SIGNS:,}")


def clean_text_addition(dataset: str, typed: str) -> str:
    """Return a typed text in the characters of a data set, ready to be followed by more text.

    A text that ends without a punctuation mark gets a full stop. If the data set has a space, the
    text ends with a space.
    """
    form = DATASETS[dataset].text_form
    text = clean_text(typed, form).text.rstrip()
    stop = form.full_stop if text and text[-1] not in STOPS else ""
    return text + stop + form.word_gap if text else ""


def check_text_length(text: str, data: DatasetInfo, alone: bool) -> None:
    """Refuse a text that is too short to learn from.

    Args:
        alone: whether the network learns only from this text, instead of mixing it with another.
            The minimum for mixing is halved if two white pixels encode each character, because
            each character then says more.

    Raises:
        ExampleError: ``text_short``: the text is too short to be mixed with another;
            ``text_short_alone``: it is too short to be learned alone.
    """
    whites = data.text.whites if data.text else 1
    least = LEAST_ALONE if alone else LEAST_MIXED // whites
    if len(text) < least:
        code = "text_short_alone" if alone else "text_short"
        raise ExampleError(code, signs=f"{len(text):,}", least=f"{least:,}")
