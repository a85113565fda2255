"""The nearest training images, found in one stream: of each part nothing but the best is kept."""

import numpy as np

NEAREST = 9


def nearest(begin: int, vectors: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers and squared distances of the images nearest to one vector, the nearest
    first.

    Args:
        begin: number of the first of them.
        vectors: theirs, [n, length]; pixels may be uint8.
        wanted: the vector that is compared with, [length].
    """
    vectors = vectors.astype(np.float32, copy=False)
    wanted = wanted.astype(np.float32)
    distances = np.einsum("ij,ij->i", vectors, vectors) - 2 * (vectors @ wanted) + wanted @ wanted
    return nearest_of(np.arange(begin, begin + len(vectors)), np.maximum(distances, 0))


def nearest_of(images: np.ndarray, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest of several answers of :func:`nearest`, which are put one after
    the other.
    """
    best = np.lexsort((images, distances))[:NEAREST]
    return images[best], distances[best]


def count_votes(labels: np.ndarray) -> list[tuple[int, int]]:
    """Return classes and how many of the neighbours belong to each, the most frequent first."""
    classes, counts = np.unique(labels, return_counts=True)
    return sorted(
        zip(classes.tolist(), counts.tolist(), strict=True), key=lambda vote: (-vote[1], vote[0])
    )
