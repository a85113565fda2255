"""Words: one catalogue a language, looked up by dotted keys.

A catalogue is a TOML file beside this one, named by its language tag. Adding a language is adding one file: it
appears in the switch by its own ``language.name``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

DEFAULT_LANGUAGE = "en"

# Traditional characters are written in Hong Kong, Macau and Taiwan; any other Chinese locale reads simplified ones.
_TRADITIONAL = {"hk", "mo", "tw", "hant"}


class Translator:
    """The words of one language.

    ``t("train.start")`` is a sentence; ``t("train.epoch", n=3)`` fills its placeholders.

    Raises:
        KeyError: the language has no catalogue, or the catalogue no such key.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = read_catalogue(language)

    def __call__(self, key: str, /, **values: object) -> str:
        text = self._words[key]
        return text.format_map(values) if values else text

    def __contains__(self, key: str) -> bool:
        return key in self._words


@cache
def languages() -> tuple[str, ...]:
    """Return the tags of all catalogues, English first."""
    tags = sorted(
        entry.name.removesuffix(".toml") for entry in files(__name__).iterdir() if entry.name.endswith(".toml")
    )
    return tuple(sorted(tags, key=lambda tag: tag != DEFAULT_LANGUAGE))


@cache
def read_catalogue(language: str) -> Mapping[str, str]:
    """Return a catalogue as dotted keys and texts."""
    if language not in languages():
        raise KeyError(language)
    table = tomllib.loads((files(__name__) / f"{language}.toml").read_text(encoding="utf-8"))
    return dict(_flatten(table, ""))


def choose_language(locale: str | None) -> str:
    """Return the catalogue that suits a browser's locale, such as ``zh-CN`` or ``en-GB``."""
    parts = (locale or "").lower().replace("_", "-").split("-")
    if parts[0] == "zh":
        # A script that is named (zh-Hans-HK) says more than the region.
        wanted = "zh-Hant" if _TRADITIONAL & set(parts) and "hans" not in parts else "zh-Hans"
        return wanted if wanted in languages() else "zh-Hans"
    return parts[0] if parts[0] in languages() else DEFAULT_LANGUAGE


def locale_language(environ: Mapping[str, str]) -> str:
    """Return the catalogue that suits the locale of a terminal, such as ``LANG=zh_HK.UTF-8``."""
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return choose_language(locale.partition(".")[0])


def _flatten(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{key}.")
        else:
            yield key, str(value)
