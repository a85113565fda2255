"""The log of the served app: short lines, plain characters, and few lines of each kind."""

import io
import logging

import pytest

from fvapp.ui.compat.log import MOST_LETTERS, MOST_LINES, shortening_log

ATTACK = "\x1b]0;title\x07\n2026 ERROR forged \u202e\ud800"


@pytest.fixture
def lines():
    """Return a function that logs its arguments, and returns the lines that were written."""
    written = io.StringIO()
    log = logging.getLogger("a stranger's")
    handler = logging.StreamHandler(written)
    log.propagate = False
    log.addHandler(handler)

    def lines(*said, times: int = 1, **options) -> list[str]:
        with shortening_log():
            for _ in range(times):
                log.error(*said, **options)
        return written.getvalue().splitlines()

    yield lines
    log.removeHandler(handler)


@pytest.mark.parametrize(
    "said",
    [
        ("name %s of %d", ATTACK * 10_000, 3),
        (f"name {ATTACK * 10_000}",),
        ("%(a)s", {"a": ATTACK}),
        ("%d", "x"),
    ],
)
def test_what_comes_from_outside_is_one_short_line_without_control_characters(lines, said):
    for line in lines(*said):
        assert line.isprintable() and len(line) <= 5 * MOST_LETTERS
        assert not line.startswith("2026 ERROR forged")


def test_a_traceback_keeps_its_lines_and_none_is_forged(lines):
    try:
        raise ValueError(ATTACK)
    except ValueError:
        first, *others = lines("failed", exc_info=True)
    assert first == "failed" and "raise ValueError(ATTACK)" in "".join(others)
    assert all(line.startswith("  ") and line.isprintable() for line in others)


def test_repeated_lines_are_counted_and_others_are_written(lines):
    written = lines("the same %d", 1, times=1_000)
    assert len(written) == MOST_LINES + 2 and "1000" in written[-1]
    assert "100" in written[-2] and "1000" not in written[-2]
    assert lines("another")[-1] == "another"


def test_nothing_else_is_changed(lines):
    assert lines("a %s and %.1f", "word", 1.25) == ["a word and 1.2"]
