"""Find the digit among what else is on the paper: ruled lines, specks, the edge of the table."""

import numpy as np
from scipy import ndimage

_TILTS = np.tan(np.radians(np.arange(-8.0, 8.1, 1.0)))
_LONG = 0.6  # of the width that a ruled line covers at least
_FULL = (
    0.4  # of the width: ink in a row of a line; more than the parallel strokes of most digits have
)
_FILLS = 0.7  # of the height that the rest of a digit filling the picture has at least
# of the width that it is thick at most; a stroke of a digit that fills the picture is thicker
_THIN = 0.03
_END = 0.06  # of the width from the border that it ends at most
_MANY = 3  # parallel lines are ruled wherever they end
_EDGE = 0.12  # of the picture's border: who covers more is the table or a shadow
_NEAR = 0.25  # of the digit's extent that a loose part of it is away at most
_SPECK = 0.03  # of the digit's ink that a part of it has at least
_AS_HIGH = 0.6  # of the digit's height that another shape beside it has at least
_AS_MUCH = 0.25  # of its ink


def without_ruled_lines(mask: np.ndarray) -> np.ndarray:
    """Return the mask without the lines of ruled or squared paper; where a stroke crosses a line,
    it stays.
    """
    mask = _without_horizontals(mask)
    return _without_horizontals(mask.T).T


def digit_of(mask: np.ndarray) -> np.ndarray:
    """Return the part of the mask that is the digit: the most ink near the middle, and what is
    close to it.

    What lies along the border goes unless it is all there is; so does what is far off or small
    beside the digit.
    """
    labels, places, weights = _parts(mask)
    if not places:
        return mask
    centres = np.array([[(part.start + part.stop) / 2 for part in place] for place in places])
    away = ((centres / np.array(mask.shape) - 0.5) ** 2).sum(axis=1)
    main = int(np.argmax(weights * np.exp(-2 * away)))
    extent = max(part.stop - part.start for part in places[main])
    keep = [
        number
        for number, (place, weight) in enumerate(zip(places, weights, strict=True), start=1)
        if weight >= _SPECK * weights[main] and _gap(place, places[main]) <= _NEAR * extent
    ]
    return np.isin(labels, keep)


def count_shapes(mask: np.ndarray) -> int:
    """Return how many shapes stand beside each other, all about as high and as heavy: the digits of
    a number.

    What lies above or below another one is a part of it, as the bar of a 5 is.
    """
    _, places, weights = _parts(mask)
    heights = np.array([rows.stop - rows.start for rows, _ in places])
    across = np.zeros(mask.shape[1], bool)
    for (_, columns), height, weight in zip(places, heights, weights, strict=True):
        across[columns] |= (
            height >= _AS_HIGH * heights[weights.argmax()] and weight >= _AS_MUCH * weights.max()
        )
    return ndimage.label(across)[1]


def _parts(mask: np.ndarray) -> tuple[np.ndarray, list[tuple[slice, ...]], np.ndarray]:
    """Return the parts of the mask: their numbers from 1 on, [h, w], where each is, and its ink, 0
    along the border.
    """
    # A maximum over 5 x 5 is a dilation, but goes along rows and columns one after the other: eight
    # times as fast.
    near = ndimage.maximum_filter(mask.view(np.uint8), 5)
    labels, count = ndimage.label(near, structure=np.ones((3, 3)))
    labels = labels * mask
    weights = ndimage.sum_labels(mask, labels, np.arange(1, count + 1))
    kept = ~_lie_along_border(labels, count, weights) if count else True
    return labels, ndimage.find_objects(labels, count), weights * kept


def _lie_along_border(labels: np.ndarray, count: int, weights: np.ndarray) -> np.ndarray:
    border = np.concatenate([labels[0], labels[-1], labels[1:-1, 0], labels[1:-1, -1]])
    covered = np.bincount(border, minlength=count + 1)[1:]
    inside = np.where(covered == 0, weights, 0).max()
    along = (covered > _EDGE * len(border)) | ((covered > 0) & (weights < 4 * inside))
    return along if not along.all() else np.zeros(count, bool)


def _gap(one: tuple[slice, ...], other: tuple[slice, ...]) -> float:
    """Return how far two bounding boxes are apart; 0 when they overlap."""
    apart = [max(0, a.start - b.stop, b.start - a.stop) for a, b in zip(one, other, strict=True)]
    return float(np.hypot(*apart))


def _without_horizontals(mask: np.ndarray) -> np.ndarray:
    """Take away lines that are nearly horizontal, at most 8 degrees tilted.

    Along the right tilt the ink of all lines falls into few rows: the one with the largest sum of
        squared counts.
    A fan of lines, photographed from the side, has several tilts, hence the rounds.
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
    lines = _lines(row, x, counts[best], width, height)
    if not lines:
        return mask
    thick = max(last - first for first, last in lines)
    on_line = np.zeros(mask.shape, bool)
    for first, last in lines:
        inside = (row >= first - 2) & (row <= last + 1)
        on_line[y[inside], x[inside]] = True
    crossing = ndimage.binary_opening(mask, np.ones((thick + 5, 1), bool))
    cleaned = mask & (~on_line | crossing)
    # Bridge the gaps that the line leaves in strokes.
    edge = thick + 3
    bridges = ndimage.binary_closing(np.pad(cleaned, edge), np.ones((thick + 4, 1), bool))[
        edge:-edge, edge:-edge
    ]
    return cleaned | (bridges & on_line)


def _lines(
    row: np.ndarray, x: np.ndarray, count: np.ndarray, width: int, height: int
) -> list[tuple[int, int]]:
    """Return first and one past the last row of each ruled line, the rows taken along the lines.

    Args:
        row, x: of each pixel of ink.
        count: pixels of ink by row.
    """
    lines = []
    for first, last in _bands(count > _FULL * width):
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
        return _with_faint_ones([line[:2] for line in lines], count)
    # A digit that fills the picture reaches both borders as a line does; but then so does the rest
    # of it.
    rest = np.ones(len(row), bool)
    for first, last, _ in lines:
        rest &= (row < first - 2) | (row > last + 1)
    if not rest.any() or np.ptp(row[rest]) > _FILLS * height:
        return []
    return [(first, last) for first, last, ends_at_borders in lines if ends_at_borders]


def _with_faint_ones(lines: list[tuple[int, int]], count: np.ndarray) -> list[tuple[int, int]]:
    """Add the lines that are broken or faint, where the distance of the others says
    that they are.
    """
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


def _bands(full: np.ndarray) -> list[tuple[int, int]]:
    """Return first and one past the last of each run of True."""
    runs, _ = ndimage.label(full)
    return [(run.start, run.stop) for (run,) in ndimage.find_objects(runs)]
