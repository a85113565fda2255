"""Reads the tables of words: ``terms.toml`` and ``network_words.toml``.

The first table gives each thing one name. The second lists words that do not apply to networks,
such as see or know.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """A row of a table; the comments in the table explain its columns."""

    use: str
    never: str
    such_as: str
    where: str = ""
    unless: str = "(?!)"

    def broken_in(self, texts: Iterable[tuple[str, str]]) -> dict[str, str]:
        return {
            k: text for k, text in texts if self.holds_for(k) and re.search(self.never, shown(text))
        }

    def holds_for(self, key: str) -> bool:
        return bool(re.match(self.where, key)) and not re.match(self.unless, key)


def read_terms(name: str) -> dict[str, tuple[Term, ...]]:
    """Return the rows of a table in this folder, by language."""
    rows = tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
    return {language: tuple(Term(**row) for row in each) for language, each in rows.items()}


TERMS = read_terms("terms")
NETWORK_WORDS = read_terms("network_words")


def shown(text: str) -> str:
    """Return a text without the names of its placeholders, which readers do not see."""
    return re.sub(r"\{\w+\}", "{}", text)
