"""What tables of counted signs get right: the rivals of a network that reads the same strips."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rivals:
    """How well tables name the sign that comes next in held-out strips.

    Attributes:
        commonest: label of the commonest sign; `always` is the share that is right when it is
            always named.
        plain: the share that a table of the whole strips gets right; a strip that it has no line
            for counts as wrong.
        without: the share of strips that it has no line for.
        falling_back: the share that a table gets right which falls back to shorter strips, by
            Witten and Bell: the one of all lengths that needs the fewest `bits` a sign. It begins
            with strips of `length` signs.
    """

    commonest: int
    always: float
    plain: float
    without: float
    falling_back: float
    bits: float
    length: int


def rivals(
    labels: np.ndarray, train: np.ndarray, test: np.ndarray, context: int, signs: int
) -> Rivals:
    """Count the signs of a text, and return how well the tables do.

    I. H. Witten and T. C. Bell, "The zero-frequency problem", IEEE Transactions on Information
    Theory 37 (1991), method C: of a line with n signs counted, k of them different, the shorter
    table has k / (n + k) of the say.

    Args:
        labels: of the signs of the text, uint8 [n].
        train, test: places of the signs that come next; none of the first `context` ones.
        signs: how many there are.
    """
    learned = labels[train].astype(int)
    wanted = labels[test].astype(int)
    commonest = int(np.bincount(learned, minlength=signs).argmax())
    shares = np.full((len(test), signs), 1 / signs)
    # a number for the last signs before each place: the same where they are
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
        counts = _counts(line_of, learned, len(lines), signs, at[found])
        kinds = (counts > 0).sum(axis=1, keepdims=True)
        shares[found] = (counts + kinds * shares[found]) / (
            counts.sum(axis=1, keepdims=True) + kinds
        )
        bits = float(-np.log2(shares[np.arange(len(test)), wanted]).mean())
        best = min(best, (bits, float(np.mean(shares.argmax(axis=1) == wanted)), length))
    bits, right, length = best
    plain = np.sum(counts.argmax(axis=1) == wanted[found]) / len(test)
    always = float(np.mean(wanted == commonest))
    return Rivals(commonest, always, float(plain), float(np.mean(~found)), right, bits, length)


def _counts(
    line_of: np.ndarray, learned: np.ndarray, lines: int, signs: int, wanted: np.ndarray
) -> np.ndarray:
    """Return the wanted lines of a table: how often each sign was counted there, [n, signs]."""
    asked, place = np.unique(wanted, return_inverse=True)
    row_of = np.full(lines, -1)
    row_of[asked] = np.arange(len(asked))
    rows = row_of[line_of]
    pairs = rows[rows >= 0] * signs + learned[rows >= 0]
    return np.bincount(pairs, minlength=len(asked) * signs).reshape(-1, signs)[place]
