"""Keeps the log short and printable, since teachers read it and strangers can write to it."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress

from fvapp.ui.compat import FunctionReplacement, temporarily_replaced

MOST_LETTERS = 200  # maximum number of characters of each value in a log line
MOST_OF_LINE = 1_000  # maximum number of characters of a log line
MOST_OF_TRACEBACK = 60  # maximum number of lines kept, from the end of a traceback
# Maximum number of lines logged from one place in the code in a `MINUTE`; further lines are only
# counted.
MOST_LINES = 10
MINUTE = 60.0  # seconds over which the lines from one place are counted


def shortening_log() -> AbstractContextManager[None]:
    """Within the block, shorten every logger's lines, and drop most repeated lines.

    A filter would miss lines, since each of Streamlit's loggers has its own handler, and some
    loggers are made later.
    """
    return temporarily_replaced(
        FunctionReplacement(
            "logging:Logger", "handle", _shorten_log_records, "messages can fill the log", "log"
        )
    )


def _shorten_log_records(handle: Callable) -> Callable:
    # By place in the code: when its current minute began, and its number of lines since then.
    counts: dict[tuple[str, int], tuple[float, int]] = {}

    def handle_shortened_log_record(self: logging.Logger, record: logging.LogRecord) -> None:
        now = time.monotonic()
        place = (record.pathname, record.lineno)
        begun, count = counts.get(place, (now, 0))
        if now - begun >= MINUTE:
            begun = now
            count = 0
        count += 1
        counts[place] = begun, count
        # After `MOST_LINES`, only the 100th, 1,000th, ... line from this place is logged, with its
        # count.
        if count > MOST_LINES and str(count).rstrip("0") != "1":
            return
        shorten_log_record(record)
        if count >= MOST_LINES:
            record.msg += f" ({count} of these within a minute)"
        handle(self, record)

    return handle_shortened_log_record


def shorten_log_record(record: logging.LogRecord) -> None:
    """Cut a record's long values, escape its control characters, and keep its traceback's end."""
    args = record.args or ()
    # A message is logged without its values if they do not fit its format.
    with suppress(Exception):
        if isinstance(args, Mapping):
            record.args = {name: _shorten_log_value(value) for name, value in args.items()}
        else:
            record.args = tuple(map(_shorten_log_value, args))
        record.msg = record.getMessage()
    record.msg = printable_start(str(record.msg).strip(), MOST_OF_LINE)
    record.args = ()
    if record.exc_info:
        lines = logging.Formatter().formatException(record.exc_info).splitlines()
        record.exc_text = "\n".join(
            f"  {printable_start(line)}" for line in lines[-MOST_OF_TRACEBACK:]
        )


def printable_start(text: str, most: int = MOST_LETTERS) -> str:
    """Return the beginning of a text, with unprintable characters escaped."""
    begin = text[: most + 1]
    if not begin.isprintable():
        begin = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in begin)
    return begin if len(begin) <= most else f"{begin[: most - 1]}…"


def _shorten_log_value(value: object) -> object:
    return value if isinstance(value, (int, float)) else printable_start(str(value))
