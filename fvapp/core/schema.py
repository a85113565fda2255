"""Converts plain values from untrusted sources to the types of annotations, and checks them.

A field's annotation gives its type and, within ``Annotated``, the conditions on its value. A field
without a default is required. If a field with a default is missing, for instance because an earlier
version of the app wrote the values, it gets its default. Values with unknown names are ignored.
"""

from collections.abc import Callable, Mapping, Sized
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints, overload


class BadValue(ValueError):
    """A value of the wrong type or out of range.

    Attributes:
        place: where the value was found, such as ``events[3].loss``.
    """

    def __init__(self, place: str) -> None:
        super().__init__(f"not a value for {place}")
        self.place = place


@dataclass(frozen=True)
class NullDefault:
    """The value that replaces null in JSON for a field whose type does not allow null."""

    value: object


def is_between(least: float, most: float) -> Callable[[float], bool]:
    return lambda value: least <= value <= most  # False if the value is nan


def has_length_between(least: int, most: int) -> Callable[[Sized], bool]:
    return lambda value: least <= len(value) <= most


Whole = Annotated[int, is_between(0, 2**53)]

_Parts = tuple[Any, tuple[Any, ...], bool, object, tuple[Callable[[Any], bool], ...]]
T = TypeVar("T")


@overload
def read_as_type(kind: type[T], value: object, place: str = "") -> T: ...


# This overload is for annotations that are not classes, such as unions.
@overload
def read_as_type(kind: object, value: object, place: str = "") -> Any: ...


def read_as_type(kind: object, value: object, place: str = "") -> object:
    """Return `value` converted to the type `kind`: a dataclass, or any type that a field may have.

    Raises:
        BadValue: the value does not fit the type.
        FvappError: raised by the ``from_json`` method of the type, if the type has this method.
    """
    return _read_checked_value(_annotation_parts(kind), value, place)


def read_as_type_or_none(kind: Any, value: object) -> Any:
    """Return `value` converted to the type `kind`, or None if the value does not fit the type."""
    with suppress(ValueError):
        return read_as_type(kind, value)
    return None


def read_valid_fields(kind: type[T], values: object) -> T:
    """Return a dataclass made of the valid fields in `values`; other fields get their defaults."""
    found = {}
    given = values if isinstance(values, Mapping) else {}
    bare: Any = kind
    for name, parts, _ in _annotation_parts(bare)[1]:
        if name in given:
            with suppress(ValueError):
                found[name] = _read_checked_value(parts, given[name], name)
    return kind(**found)


def _read_checked_value(parts: _Parts, value: object, place: str) -> Any:
    bare, inner, nullable, null, checks = parts
    if value is None:
        if nullable:
            return None
        value = null
    found = (
        value
        if (type(value) is bare and not inner) or bare is object
        else _convert_value(bare, inner, value, place)
    )
    for check in checks:
        if not check(found):
            raise BadValue(place)
    return found


def _convert_value(bare: Any, inner: tuple[Any, ...], value: Any, place: str) -> object:
    if bare is float and type(value) is int and abs(value) < 1e300:
        return float(value)
    if bare is Literal and value in inner:
        return value
    if bare is tuple and isinstance(value, list | tuple):  # JSON has lists, but no tuples
        return tuple([_read_checked_value(inner[0], item, place) for item in value])
    if bare is Mapping and isinstance(value, Mapping):
        return {
            _read_checked_value(inner[0], name, place): _read_checked_value(inner[1], item, place)
            for name, item in value.items()
        }
    if hasattr(bare, "from_json"):
        return bare.from_json(value)
    if isinstance(bare, type) and is_dataclass(bare) and isinstance(value, Mapping):
        before = f"{place}." if place else ""
        for name, _, required in inner:
            if required and name not in value:
                raise BadValue(before + name)
        return bare(
            **{
                name: _read_checked_value(parts, value[name], before + name)
                for name, parts, _ in inner
                if name in value
            }
        )
    raise BadValue(place)


@cache
def _annotation_parts(kind: Any) -> _Parts:
    """Return the parts of a type annotation, cached because finding them takes long.

    Returns:
        The type itself; its fields, or the parts of the types inside it; whether null is allowed;
        the value that replaces null otherwise; the conditions on the value.
    """
    origin = get_origin(kind)
    inner = get_args(kind)
    if NoneType in inner:
        bare, inside, _, null, checks = _annotation_parts(inner[0])
        return bare, inside, True, null, checks
    if origin is Annotated:
        bare, inside, nullable, null, checks = _annotation_parts(inner[0])
        for check in inner[1:]:
            if isinstance(check, NullDefault):
                null = check.value
            else:
                checks += (check,)
        return bare, inside, nullable, null, checks
    if is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        # A field is required if its default and its default factory are both MISSING.
        inner = tuple(
            (
                field.name,
                _annotation_parts(hints[field.name]),
                field.default is field.default_factory,
            )
            for field in fields(kind)
        )
    elif origin is not Literal:
        inner = tuple(_annotation_parts(kind) for kind in inner if kind is not Ellipsis)
    return origin or kind, inner, False, None, ()
