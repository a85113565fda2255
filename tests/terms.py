"""Tables of words: ``terms.toml``, one name for one thing; ``network_words.toml``, what networks do
not do.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """A row of a table, which says what its columns are."""

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
    """Return the rows of the table beside this file, by language."""
    rows = tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
    return {language: tuple(Term(**row) for row in each) for language, each in rows.items()}


TERMS = read_terms("terms")
NETWORK_WORDS = read_terms("network_words")


def shown(text: str) -> str:
    """Return a text without the names of its placeholders, which nobody reads."""
    return re.sub(r"\{\w+\}", "{}", text)
