"""Reads the texts of the catalogues, and the documents (sheets) in ``.readme`` and in the code."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from fvapp.i18n import DEFAULT_LANGUAGE, PluralText, read_catalogue, read_teachers_guide

SHIPS = (DEFAULT_LANGUAGE, "zh-Hans", "zh-Hant")
"""Languages whose catalogues must stay complete; catalogues of other languages may have gaps."""

SHEETS = Path(__file__).parent.parent / ".readme"


def forms(text: str | PluralText) -> tuple[str, ...]:
    return tuple(text.forms.values()) if isinstance(text, PluralText) else (text,)


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Yield each text with its key; yield each plural form of a text that depends on a number."""
    return ((key, form) for key, text in read_catalogue(language).items() for form in forms(text))


def paragraphs(language: str) -> Iterator[tuple[str, str]]:
    """Yield each paragraph of the sheets and the guide as one line, with a key.

    A sheet's file name contains its language, as in ``accessibility.zh-Hans.md``. A sheet without a
    language in its name is in English.
    """
    for path in sorted(SHEETS.glob("*.md")):
        tag = path.suffixes[0].removeprefix(".") if len(path.suffixes) > 1 else DEFAULT_LANGUAGE
        assert tag in SHIPS, path
        if tag == language:
            yield from _paragraphs(
                f".readme/{path.name}", path.read_text(encoding="utf-8"), language
            )
    yield from _paragraphs(".readme/guide.md", read_teachers_guide(language), language)


def _paragraphs(name: str, text: str, language: str) -> Iterator[tuple[str, str]]:
    gap = " " if language == DEFAULT_LANGUAGE else ""
    for n, paragraph in enumerate(text.split("\n\n"), 1):
        yield f"{name}#{n}", gap.join(line.strip() for line in paragraph.split("\n"))


def written(language: str) -> Iterator[tuple[str, str]]:
    """Yield all texts that people read in a language: first the catalogue, then the sheets."""
    return chain(texts(language), paragraphs(language))
