"""Measures how well tables of character counts predict a text, for comparison with a network."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TableScores:
    """Scores of tables of character counts that predict the character after each held-out strip.

    A text strip is an image of a few characters.

    Attributes:
        commonest_label: label of the most common character.
        commonest_correct_share: share of correct predictions if the most common character is always
            predicted.
        whole_strip_correct_share: share of correct predictions by a table of whole strips. A strip
            that is missing from the table counts as a wrong prediction.
        unseen_strip_share: share of test strips that do not occur in the table of whole strips.
        correct_share_with_fallback: share of correct predictions by a table that falls back on
            shorter strips, by the method of Witten and Bell.
        bits_per_character: mean number of bits that the table with fallback needs per character.
        context_length: number of characters in the longest strips of the table with fallback,
            chosen to need the fewest bits.
    """

    commonest_label: int
    commonest_correct_share: float
    whole_strip_correct_share: float
    unseen_strip_share: float
    correct_share_with_fallback: float
    bits_per_character: float
    context_length: int


def score_count_tables(
    labels: np.ndarray, train: np.ndarray, test: np.ndarray, context: int, signs: int
) -> TableScores:
    """Return how well tables of character counts predict other characters of the same text.

    I. H. Witten and T. C. Bell, "The zero-frequency problem", IEEE Transactions on Information
    Theory 37 (1991), method C: if a row of the table has n counted characters, k of them different,
    the table of contexts that are one character shorter has weight k / (n + k).

    Args:
        labels: labels of the characters of the text, uint8 [n].
        train, test: positions of the characters to count, and of the characters to predict; no
            position is among the first `context` characters.
        signs: number of different characters (signs).
    """
    learned = labels[train].astype(int)
    wanted = labels[test].astype(int)
    commonest = int(np.bincount(learned, minlength=signs).argmax())
    shares = np.full((len(test), signs), 1 / signs)
    # A number for each position in the text. Positions have the same number if the same characters
    # precede them.
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
    """Return the requested rows (`wanted`) of a table of character counts, [n, characters]."""
    asked, place = np.unique(wanted, return_inverse=True)
    row_of = np.full(lines, -1)
    row_of[asked] = np.arange(len(asked))
    rows = row_of[line_of]
    pairs = rows[rows >= 0] * signs + learned[rows >= 0]
    return np.bincount(pairs, minlength=len(asked) * signs).reshape(-1, signs)[place]
