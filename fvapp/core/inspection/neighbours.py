"""The nearest training images, found in chunks: only the best of each chunk are kept."""

import numpy as np

NEAREST_COUNT = 9


def nearest_images(
    begin: int, vectors: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return indices and squared distances of the images nearest to a vector, nearest first.

    Args:
        begin: index of the first image.
        vectors: the images' vectors, [n, length]; pixels may be uint8.
        wanted: the vector to compare with, [length].
    """
    vectors = vectors.astype(np.float32, copy=False)
    wanted = wanted.astype(np.float32)
    distances = np.einsum("ij,ij->i", vectors, vectors) - 2 * (vectors @ wanted) + wanted @ wanted
    return merge_nearest(np.arange(begin, begin + len(vectors)), np.maximum(distances, 0))


def merge_nearest(images: np.ndarray, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest images of several concatenated results of :func:`nearest_images`."""
    best = np.lexsort((images, distances))[:NEAREST_COUNT]
    return images[best], distances[best]


def count_neighbour_classes(labels: np.ndarray) -> list[tuple[int, int]]:
    """Return the classes of neighbours and how many belong to each, the most frequent first."""
    classes, counts = np.unique(labels, return_counts=True)
    return sorted(
        zip(classes.tolist(), counts.tolist(), strict=True), key=lambda vote: (-vote[1], vote[0])
    )
