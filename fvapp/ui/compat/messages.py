"""Checks messages from pages before Streamlit unpacks them.

Streamlit limits only the size of a message. However, a widget state without a value takes two bytes
in a message but hundreds of bytes of memory once unpacked.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime

MOST_FIELDS = 1_400
"""Maximum number of fields in a message, including nested fields.

A test checks that this is four times as many as any of the app's pages sends.
"""

MOST_MARKS = 260_000
"""Maximum number of commas and brackets in a message, each of which may begin a JSON object.

This is twice as many as the message with a large drawing has.
"""

MOST_FRAGMENT = 100
"""Maximum length of a fragment's name in characters; Streamlit's own names have 32."""

RERUN = "rerun_script"
# Kinds of messages for an app's author, not its visitors: these messages make all visitors wait for
# Git, or for data sets that are loaded again.
_FOR_AUTHORS = ("load_git_info", "clear_cache")

# The numbers of protobuf's wire types that have content. The two types that mark the start and end
# of a group carry no content.
_VARINT = 0
_FIXED64 = 1
_BYTES = 2
_FIXED32 = 5
_LONGEST_VARINT = 10  # maximum length of a varint, in bytes


class MessageError(ValueError):
    """Raised for a message that no page sends; the argument is "too_much" or "strange"."""


def check_message_kind(content: bytes | None) -> str | None:
    """Return the kind of a message, such as `RERUN`.

    Args:
        content: the message's bytes; None for a text message.

    Raises:
        MessageError: the message exceeds `MOST_FIELDS` or `MOST_MARKS`, is not one of Streamlit's,
            is not meant for visitors, or contains a fragment id that is too long.
    """
    if content is None:
        raise MessageError("strange")
    try:
        too_much = len(content) > 2 * MOST_FIELDS and (
            count_message_fields(content, MOST_FIELDS) > MOST_FIELDS
            or sum(content.count(mark) for mark in b",[{") > MOST_MARKS
        )
        message = BackMsg() if too_much else BackMsg.FromString(content)
    except Exception:  # protobuf's parser raises its own errors
        raise MessageError("strange") from None
    if too_much:
        raise MessageError("too_much")
    kind = message.WhichOneof("type")
    if kind in _FOR_AUTHORS or len(message.rerun_script.fragment_id) > MOST_FRAGMENT:
        raise MessageError("strange")
    return kind


def count_message_fields(content: bytes, most: int) -> int:
    """Return the number of fields in a message, including fields of nested messages.

    Counting stops shortly after `most`. A packed list of numbers is counted as the maximum number
    of values it could contain.

    Raises:
        IndexError: the bytes are not a protobuf message.
    """
    count = 0
    left = [(0, len(content), BackMsg.DESCRIPTOR)]
    while left and count <= most:
        at, end, kind = left.pop()
        while at < end and count <= most:
            key, at = _read_varint(content, at)
            count += 1
            wire = key & 7
            if wire == _BYTES:
                size, at = _read_varint(content, at)
                within = _field_types(kind).get(key >> 3)
                if within is True:
                    count += size // 8
                elif within:
                    left.append((at, at + size, within))
                at += size
            elif wire == _VARINT:
                _, at = _read_varint(content, at)
            else:
                at += {_FIXED64: 8, _FIXED32: 4}.get(wire, 0)
    return count


@cache
def _field_types(kind: Any) -> Mapping[int, Any]:
    """Return each field's message type by field number; True for a packed list of numbers."""
    return {
        number: field.message_type or (field.is_repeated and field.cpp_type != field.CPPTYPE_STRING)
        for number, field in kind.fields_by_number.items()
    }


def _read_varint(content: bytes, at: int) -> tuple[int, int]:
    """Return the protobuf varint at an offset, and the offset after it."""
    value = 0
    for shift in range(0, 7 * _LONGEST_VARINT, 7):
        byte = content[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise IndexError(at)


def session_exists(name: str | None) -> bool:
    """Return whether a Streamlit session with this id exists, whether connected or not."""
    manager = (
        getattr(Runtime.instance(), "_session_mgr", None) if name and Runtime.exists() else None
    )
    return manager is not None and manager.get_session_info(name) is not None
