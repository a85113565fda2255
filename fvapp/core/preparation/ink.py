"""Find the ink in a photo of a drawing, whatever the light, paper and pen."""

import numpy as np
from PIL import Image
from scipy import ndimage

from fvapp.core.preparation.steps import resize_pixels

WORKING = 320  # longer side of the working copy, in pixels
SMALLEST = 224  # smaller pictures are enlarged, so that edges can lie between their pixels

_WINDOW = 0.3  # share of the longer side: wider than any stroke, narrower than changes of light
FEWEST = 40  # minimum pixels of ink in the working copy: a thin digit a tenth as tall as the photo
_FAINTEST = 0.08  # share of the paper's brightness; anything with less contrast is not ink
_COLOURED = 0.3  # contrast in grey below which red, green and blue are also tried separately
_EVEN = 1.5 / 255  # smaller differences in shade are ignored
_WEAK = 0.4  # share of the ink's usual level: just below that of a stroke's edge, about one half
_STRONG = 0.65  # share of the ink's usual level that every stroke exceeds somewhere
_STEEPEST_SHADOW = 0.08  # share of the ink's level per pixel; edges of strokes have at least 0.15
_NOISE = 5.0  # ink must exceed this many standard deviations of the paper's grain


def make_grey_copy(pixels: np.ndarray) -> np.ndarray:
    """Return a photo in grey, `float` [h, w] from 0 to 1, its longer side from 224 to 320 pixels.

    If a pale pen shows in one colour channel only, the copy is that channel.

    Args:
        pixels: `uint8` [h, w, 3].
    """
    red, green, blue = np.moveaxis(pixels, 2, 0)
    # A picture that is grey already, as from a canvas, takes a third of the work.
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return _working_copy(red)
    colours = _working_copy(pixels)
    grey = colours @ np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
    red, green, blue = np.moveaxis(colours, 2, 0)
    nearly_grey = max(np.abs(red - green).max(), np.abs(green - blue).max()) < 0.1
    if nearly_grey or _grey_contrast(grey) >= _COLOURED:
        return grey
    return max(grey, red, green, blue, key=_grey_contrast)


def _working_copy(pixels: np.ndarray) -> np.ndarray:
    longest = max(pixels.shape[:2])
    factor = min(1.0, WORKING / longest) if longest >= SMALLEST else SMALLEST / longest
    return np.asarray(pixels if factor == 1 else resize_pixels(pixels, factor), np.float32) / 255


def plain_paper_shade(grey: np.ndarray) -> float | None:
    """Return the shade of a uniform background, as from a drawing program; None for a photo."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    shade = float(border[0])
    if np.ptp(border) > _EVEN or np.count_nonzero(np.abs(grey - shade) <= _EVEN) < 0.4 * grey.size:
        return None
    # A scan of white paper has just as even a border, but has shades in between everywhere.
    between = np.count_nonzero((np.abs(grey - shade) > _EVEN) & (np.abs(grey - shade) < 0.1))
    return shade if between < 0.01 * grey.size else None


def ink_on_plain_paper(grey: np.ndarray, paper: float, dark: bool) -> np.ndarray | None:
    """Return the amount of ink on plain paper, [h, w], 1 at its usual level; None without ink."""
    ink = paper - grey if dark else grey - paper
    strong = ink[ink > _FAINTEST]
    return np.clip(ink / np.median(strong), 0, 1) if len(strong) else None


def is_dark_on_light(grey: np.ndarray) -> bool:
    """Return whether the ink is darker than the paper.

    Ink is narrow: a closing or an opening of the picture removes it. It also differs from the
    paper, which covers more of the picture: from the plane that fits most pixels, and from the
    median of its surroundings. The counter of an 8 is as narrow as ink, but as light as the paper.
    A shadow differs from the plane, but not from its surroundings. A thick digit that fills the
    picture equals the median of its surroundings, but not the plane.
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
    # There is little ink, but it is strong: a high power lets it outvote wide, weak differences.
    return bool((darker**4).sum() >= (lighter**4).sum())


def find_ink(grey: np.ndarray, dark: bool) -> np.ndarray | None:
    """Return the amount of ink, [h, w], 1 at its usual level; None if nothing stands out.

    The background (paper, shadow, uneven light) is estimated by a morphological closing, which
    fills in everything dark and narrower than the window. Ink is the share of the background's
    brightness that is missing, so ink in a shadow counts as much as ink in the light.
    """
    picture = ndimage.gaussian_filter(grey if dark else 1 - grey, 0.6)
    ink = _missing_brightness(picture, _fill_narrow_dark_parts(picture))
    if _usual_ink_level(ink) is None:  # strokes as wide as the window were taken for background
        ink = _missing_brightness(picture, _fit_background_plane(picture))
    level = _usual_ink_level(ink)
    return None if level is None else np.clip(ink / level, 0, 1)


def ink_mask(ink: np.ndarray, pixel: float) -> np.ndarray:
    """Return the ink's mask, `bool` [h, w]: strong ink and the weaker parts of the same strokes.

    A part with soft edges all around is a shadow.

    Args:
        pixel: width of the photo's own pixels in the working copy. Above 1 the photo was enlarged,
            which softens edges.
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
    """Return the picture with dark parts narrower than the window filled in.

    The picture is first extended beyond its border. Otherwise, a picture that darkens towards its
    border would be brightened there.
    """
    half = round(_WINDOW * max(picture.shape) / 2)
    closed = ndimage.grey_closing(
        np.pad(picture, half, mode="edge"), size=(2 * half + 1, 2 * half + 1), mode="nearest"
    )
    return closed[half:-half, half:-half]


def _missing_brightness(picture: np.ndarray, ground: np.ndarray) -> np.ndarray:
    lost: np.ndarray = 1 - picture / np.maximum(ground, 0.05)
    # Set the median to zero, because the closing lies on top of the paper's grain.
    lost -= _sort_values(lost)[lost.size // 2]
    return lost


def _usual_ink_level(ink: np.ndarray) -> float | None:
    """Return the ink's usual level, or None if it does not stand out from the paper's grain."""
    ascending = _sort_values(ink)
    strong = ascending[-min(FEWEST, ink.size // 4)]
    # Standard deviation of normal noise, estimated from the median deviation.
    grain = 1.4826 * _sort_values(np.abs(ink))[ink.size // 2]
    if strong < max(_FAINTEST, _NOISE * grain):
        return None
    first = np.searchsorted(ascending, 0.6 * strong)
    return float(ascending[(first + ink.size) // 2])


def _sort_values(values: np.ndarray) -> np.ndarray:
    """Return sorted values; on 100,000 mostly equal ones, ten times as fast as NumPy's median."""
    return np.sort(values.astype(np.float32), axis=None)


def _grey_contrast(grey: np.ndarray) -> float:
    ascending = _sort_values(grey[::2, ::2])
    return float(
        ascending[int(0.99 * (ascending.size - 1))] - ascending[int(0.01 * (ascending.size - 1))]
    )


def _fit_background_plane(grey: np.ndarray) -> np.ndarray:
    """Return the plane that fits most pixels: least absolute deviations, by reweighting."""
    height, width = grey.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones(grey.size), x.ravel(), y.ravel()])
    values = grey.ravel().astype(float)
    weights = np.ones(grey.size)
    for _ in range(10):
        weighted = terms * weights
        # The ridge term keeps the plane level if there is only one row or column.
        factors = np.linalg.solve(weighted @ terms.T + 1e-6 * np.eye(3), weighted @ values)
        weights = 1 / np.maximum(np.abs(values - factors @ terms), 0.01)
    return (factors @ terms).reshape(height, width)


def _resize_grey(
    grey: np.ndarray, longest: int, shape: tuple[int, int] | None = None
) -> np.ndarray:
    """Return a copy of the given `shape`, or one whose longer side has `longest` pixels."""
    factor = longest / max(grey.shape)
    height, width = shape or (max(1, round(side * factor)) for side in grey.shape)
    filtered = Image.Resampling.BOX if factor < 1 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(grey.astype(np.float32)).resize((width, height), filtered))
