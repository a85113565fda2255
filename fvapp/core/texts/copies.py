"""Finds pieces of a text that occur word for word in another text."""

from collections.abc import Sequence
from typing import NamedTuple

from fvapp.core.texts.strips import held_out_text_blocks, training_text_blocks


class TextSpan(NamedTuple):
    """A part of a text, from `begin` up to but not including `end`."""

    begin: int
    end: int


def find_copied_pieces(text: str, learned: Sequence[str], least: int) -> list[TextSpan]:
    """Return the pieces of a text, each `least` or more characters long, that are copied.

    Args:
        learned: the parts of the text from which a piece may be copied.
    """
    source = "\n".join(learned)  # `text` has no line breaks, so no piece can span two parts
    pieces: list[TextSpan] = []
    begin = 0
    while begin + least <= len(text):
        end = begin + least
        if text[begin:end] not in source:
            begin += 1
            continue
        while end < len(text) and text[begin : end + 1] in source:
            end += 1
        if pieces and begin < pieces[-1].end:
            pieces[-1] = TextSpan(pieces[-1].begin, end)
        else:
            pieces.append(TextSpan(begin, end))
        begin = end - least + 1
    return pieces


def copied_share_of_text(text: str, learned: Sequence[str], least: int) -> float:
    """Return the share of a text's characters that are in pieces copied from a learned text."""
    return sum(end - begin for begin, end in find_copied_pieces(text, learned, least)) / max(
        1, len(text)
    )


def held_out_copied_share(text: str, least: int, learned: Sequence[str] = ()) -> float:
    """Return the share of a text's held-out part that also occurs in the rest of the text.

    A network never reads the held-out part, so copying cannot be the reason for this share.

    Args:
        learned: parts of this or another text that replace the rest of `text` in the comparison.
    """
    learned = learned or training_text_blocks(text)
    blocks = held_out_text_blocks(text)
    shares = [copied_share_of_text(block, learned, least) * len(block) for block in blocks]
    return sum(shares) / max(1, sum(map(len, blocks)))
