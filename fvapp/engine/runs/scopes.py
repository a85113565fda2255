"""Defines what a token opens: a workspace, or only its work inside or outside certain classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, replace
from typing import TypeVar

from fvapp.core.runs import RunRecord

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class TokenScope:
    """The part of a workspace that a token opens.

    Attributes:
        only_class_id: id of the only class whose work the token opens; empty if the token is not
            limited to one class.
        closed_class_ids: ids of the classes whose work the token no longer opens, because that
            work was moved to another browser.
    """

    only_class_id: str = ""
    closed_class_ids: frozenset[str] = frozenset()

    @classmethod
    def from_text(cls, text: str) -> TokenScope:
        """Return the scope from its text, as returned by :meth:`to_text`."""
        return (
            cls(text)
            if text and not text.startswith("-")
            else cls("", frozenset(filter(None, text.split("-"))))
        )

    def to_text(self) -> str:
        return self.only_class_id or "".join(
            f"-{classroom}" for classroom in sorted(self.closed_class_ids)
        )

    def includes_class(self, classroom: str) -> bool:
        """Return whether the scope includes the work in a class.

        Args:
            classroom: id of the class; empty for the work outside classes.
        """
        return (
            classroom == self.only_class_id
            if self.only_class_id
            else classroom not in self.closed_class_ids
        )

    def with_class(self, classroom: str) -> TokenScope:
        """Return the scope extended by the work in a class.

        A scope that is limited to one class is replaced by a scope limited to the new class.
        """
        return (
            TokenScope(classroom)
            if self.only_class_id
            else replace(self, closed_class_ids=self.closed_class_ids - {classroom})
        )

    def without_class(self, classroom: str) -> TokenScope | None:
        """Return the scope without the work in a class, or None if it would open no work at all."""
        if self.only_class_id:
            return None if self.only_class_id == classroom else self
        return replace(self, closed_class_ids=self.closed_class_ids | {classroom})


ALL = TokenScope()


@dataclass(frozen=True)
class LegacySeat:
    """Identifies the work done in a seat with earlier app versions, which did not record the class.

    Attributes:
        joined_at, ended_at: times between which the seat's runs began, in seconds since 1970.
        group_prefix: prefix of the run groups of rounds in the seat's class.
        mission_ids: ids of the missions of the seat's class.
    """

    joined_at: float
    ended_at: float
    group_prefix: str
    mission_ids: tuple[str, ...]

    def includes_run(self, record: RunRecord) -> bool:
        return (record.group or "").startswith(
            self.group_prefix
        ) or self.joined_at <= record.created < self.ended_at


class ScopedView(MutableMapping[str, _Item]):
    """A view of a dictionary that hides the entries outside a scope; writes change the dictionary.

    Args:
        found: the dictionary.
        includes_value: returns whether the scope includes a value.
    """

    def __init__(self, found: dict[str, _Item], includes_value: Callable[[_Item], bool]) -> None:
        self._items = found
        self._includes_value = includes_value

    def __getitem__(self, key: str) -> _Item:
        if not self._includes_value(self._items[key]):
            raise KeyError(key)
        return self._items[key]

    def __setitem__(self, key: str, value: _Item) -> None:
        self._items[key] = value

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        del self._items[key]

    def __iter__(self) -> Iterator[str]:
        return (key for key, value in self._items.items() if self._includes_value(value))

    def __len__(self) -> int:
        return sum(map(self._includes_value, self._items.values()))
