"""The nearest training images, found in one stream: nothing but the best so far is kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

NEAREST = 9


@dataclass(frozen=True)
class Nearest:
    """The nearest so far: their numbers and squared distances, the nearest first."""

    images: np.ndarray = field(default_factory=lambda: np.empty(0, int))
    distances: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))

    def joined(self, begin: int, vectors: np.ndarray, wanted: np.ndarray) -> Nearest:
        """Return the nearest of these and of more images.

        Args:
            begin: number of the first of them.
            vectors: theirs, [n, length]; pixels may be uint8.
            wanted: the vector that is compared with, [length].
        """
        vectors, wanted = vectors.astype(np.float32, copy=False), wanted.astype(np.float32)
        distances = np.einsum("ij,ij->i", vectors, vectors) - 2 * (vectors @ wanted) + wanted @ wanted
        distances = np.concatenate([self.distances, np.maximum(distances, 0)])
        images = np.concatenate([self.images, np.arange(begin, begin + len(vectors))])
        best = np.lexsort((images, distances))[:NEAREST]
        return Nearest(images[best], distances[best])


def count_votes(labels: np.ndarray) -> list[tuple[int, int]]:
    """Return classes and how many of the neighbours belong to each, the most frequent first."""
    classes, counts = np.unique(labels, return_counts=True)
    return sorted(zip(classes.tolist(), counts.tolist(), strict=True), key=lambda vote: (-vote[1], vote[0]))
