"""The table of words, ``terms.toml``: one word for one thing in the catalogues of each language."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """A row of the table, which says what its columns are."""

    use: str
    never: str
    such_as: str
    where: str = ""
    unless: str = "(?!)"

    def broken_in(self, texts: Iterable[tuple[str, str]]) -> dict[str, str]:
        return {k: text for k, text in texts if self.holds_for(k) and re.search(self.never, shown(text))}

    def holds_for(self, key: str) -> bool:
        return bool(re.match(self.where, key)) and not re.match(self.unless, key)


TERMS = {
    language: tuple(Term(**row) for row in rows)
    for language, rows in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
}


def shown(text: str) -> str:
    """Return a text without the names of its placeholders, which nobody reads."""
    return re.sub(r"\{\w+\}", "{}", text)
