"""Finds the training images nearest to an image, chunk by chunk."""

import numpy as np

NEAREST_COUNT = 9


def nearest_images(
    begin: int, vectors: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices and squared distances of the nine images in a chunk nearest to a vector.

    Args:
        begin: index of the chunk's first image in the training set.
        vectors: the images as vectors, [n, length], float or uint8.
        wanted: the vector to compare with, [length].
    """
    vectors = vectors.astype(np.float32, copy=False)
    wanted = wanted.astype(np.float32)
    distances = np.einsum("ij,ij->i", vectors, vectors) - 2 * (vectors @ wanted) + wanted @ wanted
    return merge_nearest_images(np.arange(begin, begin + len(vectors)), np.maximum(distances, 0))


def merge_nearest_images(
    images: np.ndarray, distances: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the nine nearest images from concatenated results of :func:`nearest_images`."""
    best = np.lexsort((images, distances))[:NEAREST_COUNT]
    return images[best], distances[best]


def count_neighbour_classes(labels: np.ndarray) -> list[tuple[int, int]]:
    """Return the classes of neighbouring images and their counts, the most frequent class first."""
    classes, counts = np.unique(labels, return_counts=True)
    return sorted(
        zip(classes.tolist(), counts.tolist(), strict=True), key=lambda vote: (-vote[1], vote[0])
    )
