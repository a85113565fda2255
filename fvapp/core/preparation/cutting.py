"""Cuts a piece of clothing out of its background, by colour and along edges.

The algorithm is GrabCut (Rother, Kolmogorov and Blake, 2004,
https://doi.org/10.1145/1015706.1015720). A pixel's colour gives the likelihood that it belongs to
the piece or to the background, and similar neighbours tend to belong together. The best assignment
of pixels is a minimum cut of a graph (Boykov and Jolly, 2001,
https://doi.org/10.1109/ICCV.2001.937505). The next round estimates the colours of piece and
background from this assignment.
"""

import numpy as np
import scipy

_ROUNDS = 2
_FEWEST = 5  # minimum number of pixels of piece or background from which to estimate a covariance
_SPREAD = 1e-4  # added to each colour channel's variance: the square of 1% of the channel's range
# Cost, in nats, of separating two neighbouring pixels that look alike. With this value, 33 of 42
# home photos are correctly recognised; with the GrabCut paper's value of 50, only 30 are.
_SMOOTHNESS = 8
# Largest absolute log odds of a pixel belonging to the piece of clothing, in nats; also used for
# known background pixels. This value outweighs a pixel's neighbours: separating a pixel from all of
# its neighbours costs at most 55 nats.
_LARGEST_ODDS = 1_000
_UNIT = 16  # graph capacity per nat, because SciPy's maximum flow needs integers


def refine_mask(colours: np.ndarray, piece: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """Return the mask of a piece of clothing after two rounds of GrabCut, which is deterministic.

    The piece's colours are modelled by one Gaussian, and the background's by another. This works
    better than the five-component mixtures of the GrabCut paper: networks recognise 33 instead of
    31 of 42 home photos, and 78% instead of 73% of their rotated, cropped and relit versions.

    Args:
        colours: `float` [h, w, 3], 0 to 1.
        piece: [h, w], a first guess of the mask, returned unchanged if it covers almost nothing or
            almost everything.
        ground: [h, w], pixels that are never part of the piece.
    """
    pixels = colours.reshape(-1, 3)
    found = (piece & ~ground).ravel()
    first, second, apart = _neighbouring_pixel_pairs(*piece.shape)
    contrast = np.square(pixels[first] - pixels[second]).sum(axis=1)
    bonds = _SMOOTHNESS / apart * np.exp(-contrast * contrast.size / max(2 * contrast.sum(), 1e-9))

    for _ in range(_ROUNDS):
        if min(np.count_nonzero(found), np.count_nonzero(~found)) < _FEWEST:
            break
        odds = _log_likelihood(pixels, found) - _log_likelihood(pixels, ~found)
        odds[ground.ravel()] = -_LARGEST_ODDS
        found = _minimum_cut(np.clip(odds, -_LARGEST_ODDS, _LARGEST_ODDS), first, second, bonds)
    return found.reshape(piece.shape)


def _neighbouring_pixel_pairs(height: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the indices and distances of all pairs of adjacent pixels, diagonal pairs included."""
    index = np.arange(height * width).reshape(height, width)
    pairs: tuple[tuple[np.ndarray, np.ndarray, float], ...] = (
        (index[:, 1:], index[:, :-1], 1.0),
        (index[1:], index[:-1], 1.0),
        (index[1:, 1:], index[:-1, :-1], 2**0.5),
        (index[1:, :-1], index[:-1, 1:], 2**0.5),
    )
    first = np.concatenate([begins.ravel() for begins, _, _ in pairs])
    second = np.concatenate([ends.ravel() for _, ends, _ in pairs])
    distances = [np.full(begins.size, apart) for begins, _, apart in pairs]
    return first, second, np.concatenate(distances)


def _log_likelihood(pixels: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Return each pixel's log density, [n], under a Gaussian fitted to `part`, up to a constant."""
    away = pixels - pixels[part].mean(axis=0)
    covariance = np.cov(pixels[part], rowvar=False) + _SPREAD * np.eye(3)
    distances: np.ndarray = np.sum(away @ np.linalg.inv(covariance) * away, axis=1)
    distances += np.linalg.slogdet(covariance)[1]
    return -0.5 * distances


def _minimum_cut(
    odds: np.ndarray, first: np.ndarray, second: np.ndarray, bonds: np.ndarray
) -> np.ndarray:
    """Return which pixels belong to the piece of clothing at the lowest total cost, `bool` [n].

    A pixel belongs to the piece if the maximum flow leaves a path to it from the graph's source.
    """
    count = len(odds)
    pixels = np.arange(count)
    source = count
    sink = count + 1
    tails = np.concatenate([first, second, np.where(odds > 0, source, pixels)])
    heads = np.concatenate([second, first, np.where(odds > 0, pixels, sink)])
    capacities = np.rint(_UNIT * np.concatenate([bonds, bonds, np.abs(odds)])).astype(np.int32)
    graph = scipy.sparse.coo_array(
        (capacities, (tails, heads)), shape=(count + 2, count + 2)
    ).tocsr()
    left = graph - scipy.sparse.csgraph.maximum_flow(graph, source, sink).flow
    reached = scipy.sparse.csgraph.breadth_first_order(left, source, return_predecessors=False)
    return np.isin(pixels, reached)
