"""Texts of a visitor or a class: their conversion for a network, and limits on their length."""

from collections import Counter
from typing import NamedTuple

from fvapp.core.dataset_table import DATASETS, OWN_TEXT, DatasetInfo, make_own_text_name
from fvapp.core.errors import ExampleError
from fvapp.core.texts.signs import STOPS, clean_text, is_wide_character

MOST_SIGNS = 60_000
LEAST_MIXED = 500
LEAST_ALONE = 2_000
RECITED = 20_000
"""If a network learns from a text alone, it recites a text of fewer characters than this."""

MOST_TYPED = 4 * MOST_SIGNS
"""The most characters that may be typed, including those that are dropped later."""


class OwnText(NamedTuple):
    """A text in the characters of its data set.

    Attributes:
        dataset: the name of its data set, which encodes the characters that it adds.
        dropped_characters: the characters of the typed text that were dropped, each once, in the
            order of appearance.
    """

    dataset: str
    text: str
    dropped_characters: str


def read_own_text(typed: str, base: str, of: str = OWN_TEXT) -> OwnText:
    """Return a typed text as a network reads it.

    Labels that the characters of `base` leave free go to the text's most common wide characters.

    Args:
        base: name of the text data set that it can be mixed into.
        of: `OWN_TEXT` or `CLASS_TEXT`.

    Raises:
        ExampleError: ``example_dataset``: `base` is not such a data set; ``text_long``: the text
            has too many characters.
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
    """Return the error of a text with too many characters."""
    return ExampleError("text_long", signs=f"{signs:,}", most=f"{MOST_SIGNS:,}")


def clean_text_addition(dataset: str, typed: str) -> str:
    """Return a typed text in the characters of a data set, ready for more text to follow it.

    A text that ends without a punctuation mark gets a full stop. A space follows, if the data set
    has one.
    """
    form = DATASETS[dataset].text_form
    text = clean_text(typed, form).text.rstrip()
    stop = form.stop if text and text[-1] not in STOPS else ""
    return text + stop + form.gap if text else ""


def check_text_length(text: str, data: DatasetInfo, alone: bool) -> None:
    """Refuse a text that is too short to learn from.

    Args:
        alone: whether the network learns from nothing else. A text to be mixed with another may be
            half as long if two white pixels encode each character, since each then says more.

    Raises:
        ExampleError: ``text_short``, ``text_short_alone``: the text is too short.
    """
    whites = data.text.whites if data.text else 1
    least = LEAST_ALONE if alone else LEAST_MIXED // whites
    if len(text) < least:
        code = "text_short_alone" if alone else "text_short"
        raise ExampleError(code, signs=f"{len(text):,}", least=f"{least:,}")
