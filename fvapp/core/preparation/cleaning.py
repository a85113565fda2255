"""Finds the digit in a photo that may also show ruled lines, specks and the edge of a table."""

import numpy as np
from scipy import ndimage

_TILTS = np.tan(np.radians(np.arange(-8.0, 8.1, 1.0)))
_LONG = 0.6  # minimum length of a ruled line, as a share of the photo's width
# Minimum number of ink pixels in a row of a ruled line, as a share of the photo's width.
_FULL = 0.4
# Maximum height of all ink outside the supposed ruled lines, as a share of the photo's height. If
# this ink is taller, a supposed ruled line is a stroke of the digit.
_FILLS = 0.7
# Maximum thickness of a ruled line, as a share of the photo's width. The strokes of a large digit
# are thicker.
_THIN = 0.03
_END = 0.06  # maximum distance of a ruled line's end from the photo's edge, as a share of the width
_MANY = 3  # minimum number of parallel lines on ruled paper
# A shape that covers more than this share of the picture's border is the table or a shadow.
_EDGE = 0.12
# Maximum distance of a loose part of the digit from its main part, as a share of the main part's
# longer side.
_NEAR = 0.25
_SPECK = 0.03  # minimum ink of a loose part of the digit, as a share of the main part's ink
_AS_HIGH = 0.6  # minimum height of a second digit, as a share of the first digit's height
_AS_MUCH = 0.25  # minimum ink of a second digit, as a share of the first digit's ink


def without_ruled_lines(mask: np.ndarray) -> np.ndarray:
    """Return an ink mask without the lines of ruled or squared paper; strokes over lines stay."""
    mask = _without_horizontal_lines(mask)
    return _without_horizontal_lines(mask.T).T


def select_digit(mask: np.ndarray) -> np.ndarray:
    """Return the mask of the digit: the main shape near the middle and the parts close to it.

    Parts that are far from the main shape or much smaller are dropped. Parts along the picture's
    border are dropped, too, unless all parts lie there.
    """
    labels, places, weights = _connected_parts(mask)
    if not places:
        return mask
    centres = np.array([[(part.start + part.stop) / 2 for part in place] for place in places])
    away = ((centres / np.array(mask.shape) - 0.5) ** 2).sum(axis=1)
    main = int(np.argmax(weights * np.exp(-2 * away)))
    extent = max(part.stop - part.start for part in places[main])
    keep = [
        number
        for number, (place, weight) in enumerate(zip(places, weights, strict=True), start=1)
        if weight >= _SPECK * weights[main]
        and _gap_between_boxes(place, places[main]) <= _NEAR * extent
    ]
    return np.isin(labels, keep)


def count_shapes(mask: np.ndarray) -> int:
    """Return how many shapes of similar size stand side by side, like the digits of a number.

    A shape above or below another shape counts as part of it, like the bar of a 5.
    """
    _, places, weights = _connected_parts(mask)
    heights = np.array([rows.stop - rows.start for rows, _ in places])
    across = np.zeros(mask.shape[1], bool)
    for (_, columns), height, weight in zip(places, heights, weights, strict=True):
        across[columns] |= (
            height >= _AS_HIGH * heights[weights.argmax()] and weight >= _AS_MUCH * weights.max()
        )
    return ndimage.label(across)[1]


def _connected_parts(mask: np.ndarray) -> tuple[np.ndarray, list[tuple[slice, ...]], np.ndarray]:
    """Return the connected parts of a mask: their labels [h, w], bounding boxes and amounts of ink.

    Labels start from 1. Parts along the border count as having no ink.
    """
    # A 5x5 maximum filter gives the same result as a dilation, but is eight times as fast, because
    # it processes rows and columns separately.
    near = ndimage.maximum_filter(mask.view(np.uint8), 5)
    labels, count = ndimage.label(near, structure=np.ones((3, 3)))
    labels = labels * mask
    weights = ndimage.sum_labels(mask, labels, np.arange(1, count + 1))
    kept = ~_parts_along_border(labels, count, weights) if count else True
    return labels, ndimage.find_objects(labels, count), weights * kept


def _parts_along_border(labels: np.ndarray, count: int, weights: np.ndarray) -> np.ndarray:
    border = np.concatenate([labels[0], labels[-1], labels[1:-1, 0], labels[1:-1, -1]])
    covered = np.bincount(border, minlength=count + 1)[1:]
    inside = np.where(covered == 0, weights, 0).max()
    along = (covered > _EDGE * len(border)) | ((covered > 0) & (weights < 4 * inside))
    return along if not along.all() else np.zeros(count, bool)


def _gap_between_boxes(first: tuple[slice, ...], second: tuple[slice, ...]) -> float:
    """Return the distance between two bounding boxes in pixels; 0 if they overlap."""
    sides = zip(first, second, strict=True)
    return float(np.hypot(*(max(0, a.start - b.stop, b.start - a.stop) for a, b in sides)))


def _without_horizontal_lines(mask: np.ndarray) -> np.ndarray:
    """Return the mask without nearly horizontal lines, tilted by at most 8 degrees.

    If the mask is divided into rows that follow the tilt of the lines, the ink of all lines falls
    into few rows. The tilt is therefore the one for which the squares of the rows' ink counts have
    the largest sum. Lines photographed at an angle have different tilts, so up to three tilts are
    searched for in turn.
    """
    for _ in range(3):
        cleaned = _without_lines_of_one_tilt(mask)
        if cleaned is mask:
            break
        mask = cleaned
    return mask


def _without_lines_of_one_tilt(mask: np.ndarray) -> np.ndarray:
    height, width = mask.shape
    y, x = np.nonzero(mask)
    if not len(y):
        return mask
    margin = int(np.abs(_TILTS).max() * width / 2) + 1
    rows = [np.rint(y - tilt * (x - width / 2)).astype(int) + margin for tilt in _TILTS]
    counts = [np.bincount(row, minlength=height + 2 * margin) for row in rows]
    best = max(range(len(_TILTS)), key=lambda i: (counts[i].astype(float) ** 2).sum())
    row = rows[best]
    lines = _find_ruled_lines(row, x, counts[best], width, height)
    if not lines:
        return mask

    thick = max(last - first for first, last in lines)
    on_line = np.zeros(mask.shape, bool)
    for first, last in lines:
        inside = (row >= first - 2) & (row <= last + 1)
        on_line[y[inside], x[inside]] = True
    crossing = ndimage.binary_opening(mask, np.ones((thick + 5, 1), bool))
    cleaned = mask & (~on_line | crossing)
    # Close the gaps that the removed lines left in strokes.
    edge = thick + 3
    bridges = ndimage.binary_closing(np.pad(cleaned, edge), np.ones((thick + 4, 1), bool))[
        edge:-edge, edge:-edge
    ]
    return cleaned | (bridges & on_line)


def _find_ruled_lines(
    row: np.ndarray, x: np.ndarray, count: np.ndarray, width: int, height: int
) -> list[tuple[int, int]]:
    """Return (start, stop) rows of each ruled line; the rows follow the tilt of the lines.

    Args:
        row, x: the row and the x coordinate of each ink pixel.
        count: the number of ink pixels in each row.
    """
    lines = []
    for first, last in _find_sequences_of_true(count > _FULL * width):
        peak = count[first:last].max()
        dense = np.flatnonzero(count[first:last] > peak / 2)
        last = first + int(dense[-1]) + 1
        first += int(dense[0])
        columns = np.unique(x[(row >= first - 1) & (row <= last)])
        if last - first <= max(3, _THIN * width) and len(columns) >= _LONG * width:
            lines.append(
                (first, last, columns[0] <= _END * width and columns[-1] >= (1 - _END) * width)
            )
    if len(lines) >= _MANY:
        return _add_faint_lines([line[:2] for line in lines], count)

    # A stroke of a digit may also reach from border to border. In that case, the ink outside the
    # supposed lines is tall, because it belongs to a large digit.
    rest = np.ones(len(row), bool)
    for first, last, _ in lines:
        rest &= (row < first - 2) | (row > last + 1)
    if not rest.any() or np.ptp(row[rest]) > _FILLS * height:
        return []
    return [(first, last) for first, last, ends_at_borders in lines if ends_at_borders]


def _add_faint_lines(lines: list[tuple[int, int]], count: np.ndarray) -> list[tuple[int, int]]:
    """Add broken or faint ruled lines where the spacing of the other lines predicts them."""
    middles = np.array([(first + last) / 2 for first, last in lines])
    thick = int(np.median([last - first for first, last in lines]))
    period = float(np.median(np.diff(middles)))
    if period < 3 * thick + 6:
        return lines
    ends = [*middles[1:] - period / 2, len(count)]
    after = [np.arange(start, end, period)[1:] for start, end in zip(middles, ends, strict=True)]
    expected = np.concatenate([np.arange(middles[0], 0, -period)[1:], *after])
    for middle in np.rint(expected).astype(int):
        around = count[max(0, middle - 3) : middle + 4]
        if len(around) and around.max():
            nearest = max(0, middle - 3) + int(around.argmax())
            lines.append((nearest - thick // 2, nearest - thick // 2 + thick))
    return lines


def _find_sequences_of_true(full: np.ndarray) -> list[tuple[int, int]]:
    """Return the (start, stop) indices of each sequence of consecutive True values."""
    runs, _ = ndimage.label(full)
    return [(run.start, run.stop) for (run,) in ndimage.find_objects(runs)]
