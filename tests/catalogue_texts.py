"""The texts of a catalogue one by one."""

from collections.abc import Iterator

from fvapp.i18n import Plural, read_catalogue


def forms(text: str | Plural) -> tuple[str, ...]:
    return tuple(text.forms.values()) if isinstance(text, Plural) else (text,)


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Yield each text with its key; one that depends on a number in each of its forms."""
    return ((key, form) for key, text in read_catalogue(language).items() for form in forms(text))
