"""How well tables of character counts predict: rivals of a network that reads the same strips."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TableScores:
    """How well tables predict the next character of held-out strips.

    Attributes:
        commonest_label: label of the commonest character.
        commonest_share: the share of strips that are right when it is always predicted.
        whole_strip_share: the share that a table of whole strips gets right; a strip missing from
            the table counts as wrong.
        missing_share: the share of strips missing from that table.
        fallback_share: the share that a table with fallback to shorter strips (Witten and Bell)
            gets right.
        bits_per_character: how many bits that table needs to encode a character.
        context_length: the number of characters in its strips, for which it needs fewest bits.
    """

    commonest_label: int
    commonest_share: float
    whole_strip_share: float
    missing_share: float
    fallback_share: float
    bits_per_character: float
    context_length: int


def score_count_tables(
    labels: np.ndarray, train: np.ndarray, test: np.ndarray, context: int, signs: int
) -> TableScores:
    """Return how well tables of the character counts of a text predict.

    I. H. Witten and T. C. Bell, "The zero-frequency problem", IEEE Transactions on Information
    Theory 37 (1991), method C: in a row with n counted characters, k of them different, the shorter
    table has weight k / (n + k).

    Args:
        labels: labels of the characters of the text, uint8 [n].
        train, test: positions of the characters to predict; none of the first `context` ones.
        signs: how many different characters there are.
    """
    learned = labels[train].astype(int)
    wanted = labels[test].astype(int)
    commonest = int(np.bincount(learned, minlength=signs).argmax())
    shares = np.full((len(test), signs), 1 / signs)
    # A number for each position, equal for all positions after the same characters.
    ends = np.zeros(len(labels), np.int64)
    best = (np.inf, 0.0, 0)
    for length in range(context + 1):
        if length:
            before = np.zeros(len(labels), np.int64)
            before[length:] = labels[:-length]
            ends = np.unique(ends * signs + before, return_inverse=True)[1]
        lines, line_of = np.unique(ends[train], return_inverse=True)
        at = np.minimum(np.searchsorted(lines, ends[test]), len(lines) - 1)
        found = lines[at] == ends[test]
        counts = _count_characters_by_row(line_of, learned, len(lines), signs, at[found])
        kinds = (counts > 0).sum(axis=1, keepdims=True)
        shares[found] = (counts + kinds * shares[found]) / (
            counts.sum(axis=1, keepdims=True) + kinds
        )
        bits = float(-np.log2(shares[np.arange(len(test)), wanted]).mean())
        best = min(best, (bits, float(np.mean(shares.argmax(axis=1) == wanted)), length))
    bits, right, length = best
    plain = np.sum(counts.argmax(axis=1) == wanted[found]) / len(test)
    always = float(np.mean(wanted == commonest))

    return TableScores(commonest, always, float(plain), float(np.mean(~found)), right, bits, length)


def _count_characters_by_row(
    line_of: np.ndarray, learned: np.ndarray, lines: int, signs: int, wanted: np.ndarray
) -> np.ndarray:
    """Return the `wanted` rows of a table: how often each character occurred, [n, characters]."""
    asked, place = np.unique(wanted, return_inverse=True)
    row_of = np.full(lines, -1)
    row_of[asked] = np.arange(len(asked))
    rows = row_of[line_of]
    pairs = rows[rows >= 0] * signs + learned[rows >= 0]
    return np.bincount(pairs, minlength=len(asked) * signs).reshape(-1, signs)[place]
