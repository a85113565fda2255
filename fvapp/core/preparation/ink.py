"""Finds the ink in a photo of a drawing, whatever the light, paper and pen."""

import numpy as np
from PIL import Image
from scipy import ndimage

from fvapp.core.preparation.steps import resize_pixels

WORKING = 320  # maximum longer side of the grey picture in which ink is searched for, in pixels
SMALLEST = 224  # minimum longer side in pixels; smaller pictures are enlarged to give finer edges

# Side of the window for estimating the background, as a share of the picture's longer side. It is
# wider than any stroke and narrower than changes of light.
_WINDOW = 0.3
FEWEST = 40  # minimum number of ink pixels; a thin digit a tenth as tall as the photo has about 40
_FAINTEST = 0.08  # minimum contrast of ink, as a share of the paper's brightness
# Minimum contrast (0 to 1) of a grey picture. With less contrast, the red, green and blue channels
# are tried, too.
_COLOURED = 0.3
_EVEN = 1.5 / 255  # differences in brightness (0 to 1) of at most this size are ignored
# Minimum amount of ink in a pixel of a stroke, as a share of the ink's usual level. At the edge of
# a stroke, the share is about one half.
_WEAK = 0.4
_STRONG = 0.65  # minimum amount of ink somewhere in each stroke, as a share of the usual level
# Maximum slope at a shadow's edge, in shares of the ink's usual level per pixel. The edges of
# strokes have slopes of at least 0.15.
_STEEPEST_SHADOW = 0.08
_NOISE = 5.0  # minimum amount of ink, in standard deviations of the grain of the paper


def make_grey_copy(pixels: np.ndarray) -> np.ndarray:
    """Return a photo in grey, `float` [h, w] from 0 to 1, with a longer side of 224 to 320 pixels.

    If a pale pen shows mainly in one colour channel, this channel is returned.

    Args:
        pixels: `uint8` [h, w, 3].
    """
    red, green, blue = np.moveaxis(pixels, 2, 0)
    # If the picture is already grey, such as a canvas drawing, skip the colour conversion, because
    # this cuts the time to a third.
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return _resize_to_working_size(red)
    colours = _resize_to_working_size(pixels)
    # Weights of red, green and blue from ITU-R BT.601.
    grey = colours @ np.array([0.299, 0.587, 0.114], np.float32)
    red, green, blue = np.moveaxis(colours, 2, 0)
    nearly_grey = max(np.abs(red - green).max(), np.abs(green - blue).max()) < 0.1
    if nearly_grey or _grey_contrast(grey) >= _COLOURED:
        return grey
    return max(grey, red, green, blue, key=_grey_contrast)


def _resize_to_working_size(pixels: np.ndarray) -> np.ndarray:
    longest = max(pixels.shape[:2])
    factor = min(1.0, WORKING / longest) if longest >= SMALLEST else SMALLEST / longest
    return np.asarray(pixels if factor == 1 else resize_pixels(pixels, factor), np.float32) / 255


def plain_paper_shade(grey: np.ndarray) -> float | None:
    """Return the brightness of a perfectly uniform background; None if it varies, as in a photo."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    shade = float(border[0])
    if np.ptp(border) > _EVEN or np.count_nonzero(np.abs(grey - shade) <= _EVEN) < 0.4 * grey.size:
        return None
    # The border of scanned white paper is as uniform as that of a drawing made on a screen, but
    # the interior of scanned paper has many slightly different shades.
    between = np.count_nonzero((np.abs(grey - shade) > _EVEN) & (np.abs(grey - shade) < 0.1))
    return shade if between < 0.01 * grey.size else None


def ink_on_plain_paper(grey: np.ndarray, paper: float, dark: bool) -> np.ndarray | None:
    """Return the amount of ink on a uniform background, [h, w]; None without ink.

    An amount of 1 is the usual level of the ink.
    """
    ink = paper - grey if dark else grey - paper
    strong = ink[ink > _FAINTEST]
    return np.clip(ink / np.median(strong), 0, 1) if len(strong) else None


def is_dark_on_light(grey: np.ndarray) -> bool:
    """Return whether the ink is darker than the paper.

    Ink is narrow, so a morphological closing or opening of the picture removes it. Ink also differs
    from the median of its surroundings and from the background plane, which fits the brightness of
    most pixels. The hole in an 8 is as narrow as ink, but as light as the paper. A shadow differs
    from the background plane, but not from its surroundings. A thick digit that fills the picture
    equals the median of its surroundings, but differs from the background plane.
    """
    small = _resize_grey(grey, 64)
    around = ndimage.median_filter(_resize_grey(small, 32), size=17, mode="nearest")
    beyond_plane = small - _fit_background_plane(small)
    beyond_median = small - _resize_grey(around, 64, small.shape)
    lighter = np.maximum(np.minimum(beyond_plane, beyond_median), 0) * (
        _fill_narrow_dark_parts(-small) + small
    )
    darker = np.maximum(np.minimum(-beyond_plane, -beyond_median), 0) * (
        _fill_narrow_dark_parts(small) - small
    )
    # Ink covers few pixels, but differs strongly from the paper. With a high power, ink outweighs
    # weak differences that cover many pixels.
    return bool((darker**4).sum() >= (lighter**4).sum())


def find_ink(grey: np.ndarray, dark: bool) -> np.ndarray | None:
    """Return the amount of ink in a photo, [h, w]; None if nothing stands out.

    An amount of 1 is the usual level of the ink.

    The background (paper, shadow, uneven light) is estimated by a morphological closing, which
    fills in everything dark that is narrower than a window. The amount of ink is the share of the
    background's brightness that is missing, so ink in a shadow counts as much as ink in the light.
    """
    picture = ndimage.gaussian_filter(grey if dark else 1 - grey, 0.6)
    ink = _relative_darkness(picture, _fill_narrow_dark_parts(picture))
    if _usual_ink_level(ink) is None:  # strokes wider than the window may count as background
        ink = _relative_darkness(picture, _fit_background_plane(picture))
    level = _usual_ink_level(ink)
    return None if level is None else np.clip(ink / level, 0, 1)


def ink_mask(ink: np.ndarray, pixel: float) -> np.ndarray:
    """Return the mask of the ink, `bool` [h, w], with all strokes that have strong ink somewhere.

    A part of the picture whose edges are soft all around is left out, because it is a shadow.

    Args:
        pixel: width of an original photo pixel, in pixels of the picture that is searched for ink.
            A width above 1 means that the photo was enlarged, which softens edges.
    """
    mask = ink > _WEAK
    labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
    edges = labels * (mask & ~ndimage.binary_erosion(mask, border_value=1))
    slopes = ndimage.gaussian_gradient_magnitude(ink, 1.5)
    steep = np.bincount(edges.ravel(), slopes.ravel(), count + 1) > _STEEPEST_SHADOW / max(
        1, pixel
    ) * np.bincount(edges.ravel(), minlength=count + 1)
    strong = np.zeros(count + 1, bool)
    strong[np.unique(labels[ink > _STRONG])] = True
    strong[0] = False
    return (strong & steep)[labels]


def _fill_narrow_dark_parts(picture: np.ndarray) -> np.ndarray:
    """Return the picture with dark parts narrower than `_WINDOW` filled in.

    The picture is first extended beyond its border. Otherwise, a picture that gets darker towards
    its border would be brightened there.
    """
    half = round(_WINDOW * max(picture.shape) / 2)
    closed = ndimage.grey_closing(
        np.pad(picture, half, mode="edge"), size=(2 * half + 1, 2 * half + 1), mode="nearest"
    )
    return closed[half:-half, half:-half]


def _relative_darkness(picture: np.ndarray, ground: np.ndarray) -> np.ndarray:
    lost: np.ndarray = 1 - picture / np.maximum(ground, 0.05)
    # A background estimated by morphological closing is lighter than grainy paper, so plain paper
    # seems to have ink. Subtracting the median corrects this.
    lost -= _sort_values(lost)[lost.size // 2]
    return lost


def _usual_ink_level(ink: np.ndarray) -> float | None:
    """Return the usual level of the ink, or None if no ink stands out from the paper's grain."""
    ascending = _sort_values(ink)
    strong = ascending[-min(FEWEST, ink.size // 4)]
    # The standard deviation of normally distributed noise is 1.4826 times the median absolute
    # deviation.
    grain = 1.4826 * _sort_values(np.abs(ink))[ink.size // 2]
    if strong < max(_FAINTEST, _NOISE * grain):
        return None
    first = np.searchsorted(ascending, 0.6 * strong)
    return float(ascending[(first + ink.size) // 2])


def _sort_values(values: np.ndarray) -> np.ndarray:
    """Return all values in ascending order.

    For 100,000 mostly equal values, sorting is ten times as fast as NumPy's median.
    """
    return np.sort(values.astype(np.float32), axis=None)


def _grey_contrast(grey: np.ndarray) -> float:
    ascending = _sort_values(grey[::2, ::2])
    return float(
        ascending[int(0.99 * (ascending.size - 1))] - ascending[int(0.01 * (ascending.size - 1))]
    )


def _fit_background_plane(grey: np.ndarray) -> np.ndarray:
    """Return the plane that fits the brightness of most pixels, by least absolute deviations."""
    height, width = grey.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones(grey.size), x.ravel(), y.ravel()])
    values = grey.ravel().astype(float)
    weights = np.ones(grey.size)
    for _ in range(10):
        weighted = terms * weights
        # The ridge term 1e-6 makes the equations solvable if the picture has only one row or
        # column.
        factors = np.linalg.solve(weighted @ terms.T + 1e-6 * np.eye(3), weighted @ values)
        weights = 1 / np.maximum(np.abs(values - factors @ terms), 0.01)
    return (factors @ terms).reshape(height, width)


def _resize_grey(
    grey: np.ndarray, longest: int, shape: tuple[int, int] | None = None
) -> np.ndarray:
    """Return a grey picture resized to `shape`, or to a longer side of `longest` pixels."""
    factor = longest / max(grey.shape)
    height, width = shape or (max(1, round(side * factor)) for side in grey.shape)
    filtered = Image.Resampling.BOX if factor < 1 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(grey.astype(np.float32)).resize((width, height), filtered))
