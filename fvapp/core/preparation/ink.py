"""Find the ink in a photo: uneven light, paper, ruled lines and specks taken away; stroke thickness measured and changed."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter
from scipy import ndimage

WORKING = 320  # pixels of the longer side while a photo is worked on
_COARSE = 64  # pixels of the longer side on which paper and light are estimated
_PEN_FROM_EDGE = 3.25  # see `pen_width`


def work_size(pixels: np.ndarray) -> np.ndarray:
    """Return a photo as grey `float` [h, w] from 0 to 1, at most `WORKING` pixels a side."""
    image = Image.fromarray(pixels).convert("L")
    image.thumbnail((WORKING, WORKING), Image.Resampling.BOX)
    return np.asarray(image) / 255.0


def ground_of(grey: np.ndarray) -> np.ndarray:
    """Estimate paper and light without the ink: a wide median on a coarse copy, [h, w].

    The window is a third of the picture, so that the strokes of a digit, which are thin beside it, do not count.
    """
    height, width = grey.shape
    scale = _COARSE / max(height, width)
    small = Image.fromarray((grey * 255).astype(np.uint8)).resize(
        (max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.BOX
    )
    small = Image.fromarray(ndimage.median_filter(np.asarray(small), size=_COARSE // 3, mode="nearest"))
    small = small.filter(ImageFilter.GaussianBlur(_COARSE / 16))
    return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC)) / 255.0


def is_dark_on_light(grey: np.ndarray, ground: np.ndarray) -> bool:
    """Return whether the ink is darker than what is around it."""
    difference = grey - ground
    darker, lighter = -np.percentile(difference, 1), np.percentile(difference, 99)
    if max(darker, lighter) < 0.05:  # thick strokes are part of their own ground: compare with the border
        border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        return float(np.median(border)) > 0.5
    return bool(darker >= lighter)


def threshold_of(ink: np.ndarray) -> float:
    """Return Otsu's threshold of an image from 0 to 1 (N. Otsu, 1979): the one that parts it into two best."""
    counts, edges = np.histogram(ink, bins=128, range=(0.0, 1.0))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(middles[np.nanargmax(between)])


def without_lines_and_specks(ink: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the mask of the digit alone.

    Ruled lines are what a long, thin horizontal or vertical ruler finds; where a stroke crosses one, the stroke stays.
    Specks are parts that are small beside the largest. A part that only touches the border (the table, a shadow) goes
    unless it is all there is.
    """
    mask = _without_ruled_lines(mask)
    labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
    if count == 0:
        return mask
    names = np.arange(1, count + 1)
    sizes = ndimage.sum_labels(mask, labels, names)
    weights = ndimage.sum_labels(ink * mask, labels, names)
    touching = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    inside = ~np.isin(names, touching)
    if inside.any() and weights[inside].max() > 0.1 * weights.max():
        sizes, weights = sizes * inside, weights * inside
    keep = names[(sizes >= 0.04 * sizes.max()) & (weights >= 0.03 * weights.max())]
    return np.isin(labels, keep)


def _without_ruled_lines(mask: np.ndarray) -> np.ndarray:
    height, width = mask.shape
    cleaned = mask
    for ruler in (np.ones((1, max(3, int(0.5 * width)))), np.ones((max(3, int(0.5 * height)), 1))):
        # A little thicker first: a photographed line is seldom quite straight.
        thick = ndimage.binary_dilation(mask, np.ones((3, 3)))
        lines = ndimage.binary_opening(thick, ruler) & mask
        if not lines.any():
            continue
        across = np.ones((9, 1)) if ruler.shape[0] == 1 else np.ones((1, 9))
        strokes = ndimage.binary_opening(mask, across)  # what goes on across the line is a stroke
        cleaned = cleaned & ~(lines & ~strokes)
    return cleaned if cleaned.sum() > 0.1 * mask.sum() else mask


def pen_width(mask: np.ndarray) -> float:
    """Estimate the width of the pen that drew a mask, in its pixels.

    The mean distance of ink from its edge, times 3.25. A long straight line would give 4; drawings of digits with a
    known pen, with their ends and crossings, give 3.25 for pens of 2 to 3.2 pixels of the 28.
    """
    inside = ndimage.distance_transform_edt(np.pad(mask, 1))
    ink = inside > 0
    return float(_PEN_FROM_EDGE * inside[ink].mean()) if ink.any() else 0.0


def grow(mask: np.ndarray, distance: float) -> np.ndarray:
    """Move the edge of a mask outwards by a distance in pixels (inwards where it is below 0), with a soft edge.

    Returns:
        `float` from 0 to 1. Never thinner than a pixel: a stroke that would vanish keeps its middle.
    """
    outside = ndimage.distance_transform_edt(~mask)
    inside = ndimage.distance_transform_edt(mask)
    signed = np.where(mask, 0.5 - inside, outside - 0.5)
    if distance < 0:
        distance = max(distance, 0.5 - float(np.percentile(inside[mask], 90)))
    return np.clip(0.5 - (signed - distance), 0.0, 1.0)
