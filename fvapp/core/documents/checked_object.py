"""One JSON object of a run file, whose values are checked as they are read."""

from __future__ import annotations

from collections.abc import Sequence

from fvapp.core.documents.guesses import bad_field
from fvapp.core.errors import FvappError
from fvapp.core.names import clean_name
from fvapp.core.settings import RunSettings

MOST_LOSS = 1e9
MOST_ERROR = 20_000  # characters of Keras' message


class RunFileError(FvappError):
    """A file that is no run file, or not one that can be brought back."""


class CheckedObject:
    """Reads the values of one JSON object; errors name its place in the file."""

    def __init__(self, content: object, place: str) -> None:
        self._place = place
        if not isinstance(content, dict):
            raise self.error("")
        self._content = content

    def error(self, name: str) -> RunFileError:
        return RunFileError("runfile_bad_value", field=f"{self._place}{name}".rstrip(".") or "run")

    def whole(self, name: str, minimum: int, maximum: int) -> int:
        value = self._content.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
            raise self.error(name)
        return value

    def number(self, name: str, minimum: float, maximum: float) -> float:
        value = self._content.get(name)
        # The range comes first: it refuses inf, nan and whole numbers too long to become a float.
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not minimum <= value <= maximum:
            raise self.error(name)
        return float(value)

    def number_or_none(self, name: str, minimum: float, maximum: float) -> float | None:
        return None if self._content.get(name) is None else self.number(name, minimum, maximum)

    def text(self, name: str, most: int) -> str:
        value = self._content.get(name)
        if not isinstance(value, str) or len(value) > most:
            raise self.error(name)
        return value

    def one_of(self, name: str, choices: Sequence[str | None] | frozenset[str]) -> str | None:
        value = self._content.get(name)
        if not isinstance(value, (str, type(None))) or value not in choices:
            raise self.error(name)
        return value

    def guesses(self) -> dict[str, tuple]:
        bad = bad_field(self._content)
        if bad is not None:
            raise self.error(bad)
        nested = {name: tuple(map(tuple, self._content[name])) for name in ("labels", "shares")}
        return {"steps": tuple(self._content["steps"]), **nested}

    def within_charts(self, name: str) -> object:
        """Return an object whose losses are null where no chart could draw them, and whose texts are short enough."""
        value = self._content.get(name)
        if not isinstance(value, dict):
            return value
        return {key: _within_charts(key, each) for key, each in value.items()}

    def fields(self, name: str) -> CheckedObject:
        return CheckedObject(self._content.get(name), f"{name}.")

    def fields_or_none(self, name: str) -> CheckedObject | None:
        return None if self._content.get(name) is None else self.fields(name)

    def texts(self, most: int, most_characters: int) -> dict[str, str]:
        if len(self._content) > most or any(len(name) > most_characters for name in self._content):
            raise self.error("")
        return {clean_name(name): clean_name(self.text(name, most_characters)) for name in self._content}

    def settings(self, name: str) -> RunSettings:
        return RunSettings.from_json(self._content.get(name))


def _within_charts(name: str, value: object) -> object:
    if name.endswith("loss") and isinstance(value, float) and not value <= MOST_LOSS:
        return None
    return value[:MOST_ERROR] if name == "message" and isinstance(value, str) else value
