"""Pieces of a text that stand word for word in another."""

from collections.abc import Sequence
from typing import NamedTuple

from fvapp.core.texts.strips import held_blocks, learned_blocks


class Piece(NamedTuple):
    """A part of a text, from a place up to another."""

    begin: int
    end: int


def copied_pieces(text: str, learned: Sequence[str], least: int) -> list[Piece]:
    """Return the pieces of at least so many signs that stand in one of the learned parts; they do
    not overlap.
    """
    source = "\n".join(learned)  # a break is no sign: nothing is found across it
    pieces: list[Piece] = []
    begin = 0
    while begin + least <= len(text):
        end = begin + least
        if text[begin:end] not in source:
            begin += 1
            continue
        while end < len(text) and text[begin : end + 1] in source:
            end += 1
        if pieces and begin < pieces[-1].end:
            pieces[-1] = Piece(pieces[-1].begin, end)
        else:
            pieces.append(Piece(begin, end))
        begin = end - least + 1
    return pieces


def copied_share(text: str, learned: Sequence[str], least: int) -> float:
    """Return the share of the signs of a text that stand in such pieces."""
    return sum(end - begin for begin, end in copied_pieces(text, learned, least)) / max(
        1, len(text)
    )


def held_out_share(text: str, least: int, learned: Sequence[str] = ()) -> float:
    """Return the share of the held-out part of a text that stands in the rest of it: what chance
    alone copies.

    Args:
        learned: parts of it, or of another text, where they are not all the rest.
    """
    learned = learned or learned_blocks(text)
    blocks = held_blocks(text)
    shares = [copied_share(block, learned, least) * len(block) for block in blocks]
    return sum(shares) / max(1, sum(map(len, blocks)))
