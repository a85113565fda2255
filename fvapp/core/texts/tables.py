"""What tables of counted signs get right: the rivals of a network that reads the same strips."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rivals:
    """How well tables name the sign that comes next in held-out strips.

    Attributes:
        always: the share that is right when the commonest sign is always named, and `commonest` is its label.
        plain: the share that a table of the whole strips gets right; a strip that it has no line for counts as wrong.
        without: the share of strips that it has no line for.
        falling_back: the share of a table that falls back to shorter strips, by Witten and Bell, and `bits` a sign.
    """

    commonest: int
    always: float
    plain: float
    without: float
    falling_back: float
    bits: float


def rivals(labels: np.ndarray, train: np.ndarray, test: np.ndarray, context: int, signs: int) -> Rivals:
    """Count the signs of a text, and return how well the tables do.

    Args:
        labels: of the signs of the text, uint8 [n].
        train, test: places of the signs that come next; none of the first `context` ones.
        signs: how many there are.
    """
    train_next = labels[train].astype(int)
    test_next = labels[test].astype(int)
    counts = np.bincount(train_next, minlength=signs)
    shares = np.full((len(test), signs), 1 / signs)
    names = np.zeros(len(labels), np.int64)  # of the last signs before each place: alike where they are
    found = np.zeros(len(test), bool)
    best = np.zeros(len(test), int)
    for length in range(context + 1):
        if length:
            before = np.zeros(len(labels), np.int64)
            before[length:] = labels[:-length]
            names = np.unique(names * signs + before, return_inverse=True)[1]
        table = np.unique(names[train] * signs + train_next, return_counts=True)
        lines = np.unique(table[0] // signs)
        line = np.searchsorted(lines, table[0] // signs)
        at = np.searchsorted(lines, names[test])
        found = (at < len(lines)) & (lines[np.minimum(at, len(lines) - 1)] == names[test])
        row_sums = np.bincount(line, table[1])
        row_kinds = np.bincount(line)
        rows = at[found]
        counted = np.zeros((len(lines), signs), np.float32)
        counted[line, table[0] % signs] = table[1]
        weight = row_kinds[rows, None]
        shares[found] = (counted[rows] + weight * shares[found]) / (row_sums[rows, None] + weight)
        best[found] = counted[rows].argmax(axis=1)
    right = shares.argmax(axis=1) == test_next
    return Rivals(
        commonest=int(counts.argmax()),
        always=float(np.mean(test_next == counts.argmax())),
        plain=float(np.mean(found & (best == test_next))),
        without=float(np.mean(~found)),
        falling_back=float(np.mean(right)),
        bits=float(-np.log2(shares[np.arange(len(test)), test_next]).mean()),
    )
