"""Looks up the app's texts by dotted keys, in one catalogue per language.

A catalogue is a folder beside this file, named after its language tag. A key begins with the path
of its file: ``train.start`` is ``start`` in ``train.toml``, ``missions.look.aim`` is ``aim`` in
``missions/look.toml``. To add a language, add a folder: the page's language switch then offers it
by the name in ``language.name``. Missing or empty texts are shown in English, and their number is
logged once.

A text that depends on a number has a form for each of the language's plural categories in CLDR:
``epochs = { one = "{n} epoch", other = "{n} epochs" }``. The number is ``{n}`` unless ``count``
names another placeholder. ``language.strips`` lists the word replacements that turn a text about
images into a text about strips (images of text). ``language.plural`` gives the category of a
number, as a C expression in `n` like gettext's. Languages whose only category is ``other``, such as
Chinese, have plain texts.
"""

import logging
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from gettext import c2py
from itertools import takewhile
from pathlib import Path
from typing import Self

FOLDER = Path(__file__).parent
"""The folder of the language catalogues."""

DEFAULT_LANGUAGE = "en"

# Hong Kong, Macau and Taiwan use traditional characters. All other Chinese locales get simplified
# characters.
_TRADITIONAL = {"hk", "mo", "tw", "hant"}

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""Plural categories of CLDR: https://cldr.unicode.org/index/cldr-spec/plural-rules"""

_NAMES = re.compile("[a-z]{3,}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PluralText:
    """A text that depends on a number, with its placeholder and one form per plural category."""

    placeholder: str
    forms: Mapping[str, str]


class Translator:
    """Looks up the texts of one language.

    ``t("train.start")`` returns a text, and ``t("train.twelve.epoch", n=3)`` also fills its
    placeholders. Texts that the language lacks are returned in English.

    Raises:
        KeyError: the language has no catalogue, or English has no such key.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts_by_key = read_catalogue(language)
        self._plural_category = parse_plural_rule(_plural_rule_text(self._texts_by_key))
        self._english_translator = (
            Translator(DEFAULT_LANGUAGE) if find_missing_keys(language) else None
        )

    def __call__(self, key: str, /, **values: object) -> str:
        if self._english_translator and key not in self._texts_by_key:
            return self._english_translator(key, **values)
        text = self._texts_by_key[key]
        if isinstance(text, PluralText):
            # A value that is not a whole number, such as 0.5 or "512 + 256", has the category
            # `other`.
            digits = str(values[text.placeholder]).replace(",", "")
            text = text.forms[self._plural_category(int(digits)) if digits.isdecimal() else "other"]
        return text.format_map(values) if values else text

    def texts_with_prefix(self, prefix: str) -> dict[str, str]:
        """Return the texts whose keys begin with `prefix`, by the rest of their keys.

        Placeholders are not filled. Texts with plural forms are left out.
        """
        english = (
            self._english_translator.texts_with_prefix(prefix) if self._english_translator else {}
        )
        begin_so = (
            (key.removeprefix(prefix), text)
            for key, text in self._texts_by_key.items()
            if key.startswith(prefix)
        )
        return english | {key: text for key, text in begin_so if isinstance(text, str)}

    def for_text_data(self) -> Self:
        """Return a translator whose texts say "strip" (an image of text) instead of "image"."""
        translator = copy(self)
        translator._texts_by_key = _read_texts_about_strips(self.language)
        if self._english_translator:
            translator._english_translator = self._english_translator.for_text_data()
        return translator

    def __contains__(self, key: str) -> bool:
        return key in self._texts_by_key or bool(
            self._english_translator and key in self._english_translator
        )


@cache
def language_tags() -> tuple[str, ...]:
    """Return the language tags of all catalogues, English first."""
    tags = sorted({path.parent.name for path in FOLDER.glob("*/*.toml")})
    return tuple(sorted(tags, key=lambda tag: tag != DEFAULT_LANGUAGE))


@cache
def read_catalogue(language: str) -> Mapping[str, str | PluralText]:
    """Return the texts of a catalogue by their dotted keys, without empty texts.

    ``language.name`` defaults to the language's tag.

    Raises:
        KeyError: the language has no catalogue.
        ValueError: a text that depends on a number lacks a plural form, or has a form that the
            language does not use.
    """
    if language not in language_tags():
        raise KeyError(language)

    words: dict[str, str | PluralText] = {"language.name": language}
    for path in sorted((FOLDER / language).rglob("*.toml")):
        names = path.relative_to(FOLDER / language).with_suffix("").parts
        words |= _flatten_catalogue(
            tomllib.loads(path.read_text(encoding="utf-8")), "".join(f"{name}." for name in names)
        )
    words = {key: text for key, text in words.items() if text}
    categories = {"other", *_NAMES.findall(_plural_rule_text(words))}
    if wrong := [
        key
        for key, text in words.items()
        if isinstance(text, PluralText) and text.forms.keys() != categories
    ]:
        raise ValueError(
            f"{language}: {', '.join(wrong)} must have the forms {', '.join(sorted(categories))}"
        )
    return words


@cache
def _read_texts_about_strips(language: str) -> Mapping[str, str | PluralText]:
    texts = read_catalogue(language)
    rule = str(texts.get("language.strips", " = "))  # without a rule, nothing is replaced
    pairs = [pair.split(" = ") for pair in rule.split(" / ")]

    def replace_words(text: str) -> str:
        for old, new in pairs:
            text = re.sub(rf"{old}(?!\w*\}})", new, text)  # leaves placeholders such as {images}
        return text

    return {
        key: replace_words(text)
        if isinstance(text, str)
        else replace(text, forms={name: replace_words(form) for name, form in text.forms.items()})
        for key, text in texts.items()
    }


@cache
def find_missing_keys(language: str) -> tuple[str, ...]:
    """Return the keys of English texts that a catalogue lacks. The first call logs a warning."""
    english = read_catalogue(DEFAULT_LANGUAGE)
    missing = tuple(sorted(english.keys() - read_catalogue(language).keys()))
    if missing:
        such_as = ", ".join(missing[:3])
        _log.warning(
            "%s: %d of %d texts are shown in English: %s …",
            language,
            len(missing),
            len(english),
            such_as,
        )
    return missing


def _plural_rule_text(words: Mapping[str, str | PluralText]) -> str:
    """Return the plural rule of a catalogue, or the English rule if the catalogue has none."""
    return str(words.get("language.plural") or read_catalogue(DEFAULT_LANGUAGE)["language.plural"])


@cache
def parse_plural_rule(rule: str) -> Callable[[int], str]:
    """Return a rule such as ``"n == 1 ? one : other"`` as a function from number to category."""
    place = c2py(_NAMES.sub(lambda name: str(CATEGORIES.index(name[0])), rule))
    return lambda n: CATEGORIES[place(n)]


def read_teachers_guide(language: str) -> str:
    """Return the teachers' guide in a language as Markdown, or an empty string if there is none."""
    path = FOLDER / language / "guide.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def choose_language(locale: str | None) -> str:
    """Return the tag of the best catalogue for a locale such as ``zh-CN``, ``pt_BR`` or ``en-GB``.

    The best catalogue shares the most leading parts with the locale. For the locale ``pt-BR``, the
    catalogue ``pt-BR`` is better than ``pt``. For the locale ``pt-PT``, even ``pt-BR`` is used if
    it is the only Portuguese catalogue.
    """
    parts = (locale or "").lower().replace("_", "-").split("-")
    if parts[0] == "zh":
        # A script in the locale, as in zh-Hans-HK, takes precedence over the region.
        parts = ["zh", "hant" if _TRADITIONAL & set(parts) and "hans" not in parts else "hans"]

    def count_common_parts(tag: str) -> int:
        pairs = zip(tag.lower().split("-"), parts, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    best = max(language_tags(), key=count_common_parts)
    return best if count_common_parts(best) else DEFAULT_LANGUAGE


def locale_language(environ: Mapping[str, str]) -> str:
    """Return the tag of the best catalogue for a terminal's locale (``LANG=zh_HK.UTF-8``)."""
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return choose_language(locale.partition(".")[0])


def _flatten_catalogue(
    table: Mapping[str, object], prefix: str
) -> Iterator[tuple[str, str | PluralText]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping) and value.keys() <= {*CATEGORIES, "count"}:
            yield (
                key,
                PluralText(
                    value.get("count", "n"),
                    {form: value[form] for form in CATEGORIES if form in value},
                ),
            )
        elif isinstance(value, Mapping):
            yield from _flatten_catalogue(value, f"{key}.")
        else:
            yield key, str(value)
