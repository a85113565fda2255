"""Drawn and photographed clothes become images like Fashion-MNIST's."""

import numpy as np
import pytest
from PIL import Image

from core.paper import SHIRT, difference, image_of
from fvapp.core.preparation import Photo, Strokes
from fvapp.core.preparation.brushes import BRUSHES
from fvapp.core.preparation.clothes import find_clothing_mask
from pairs import few


@pytest.fixture(scope="module")
def clothes(fashion) -> np.ndarray:
    return fashion.x_test[:40]


def photographed(piece: np.ndarray, ground: np.ndarray, place: tuple[int, int]) -> Photo:
    """Lay a test image, ten times as large, on a ground [h, w, 3]; its black pixels are clear."""
    large = np.asarray(Image.fromarray(piece).resize((280, 280), Image.Resampling.BICUBIC))[
        ..., None
    ]
    picture = ground.copy()
    (y, x) = place
    part = picture[y : y + 280, x : x + 280]
    part[...] = np.where(large > 12, large, part)
    return Photo(picture)


def bounds(image: np.ndarray) -> tuple[int, int, int, int]:
    rows = np.flatnonzero((image > 12).any(axis=1))
    columns = np.flatnonzero((image > 12).any(axis=0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def test_training_images_enlarged_on_black_and_on_white_come_back_nearly_as_themselves(clothes):
    black = np.zeros((400, 500, 3), np.uint8)
    changes = []
    for piece in clothes:
        photo = photographed(piece, black, (60, 110))
        negative = Photo(255 - photo.pixels)
        on_black = image_of(photo, "fashion_mnist")
        on_white = image_of(negative, "fashion_mnist")
        # Rounding may shift the image by a pixel.
        moved = [np.roll(on_black, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
        changes.append(min(difference(one, piece) for one in moved))
        assert difference(on_black, on_white) < 0.02
    assert np.mean(changes) < 0.04
    # A sandal's straps change most. Two different garments of one class differ by 0.1 to 0.2.
    assert max(changes) < 0.1


def test_a_piece_fills_the_image_along_its_longest_side_and_lies_in_the_middle(clothes):
    for piece in clothes:
        photo = photographed(piece, np.zeros((600, 600, 3), np.uint8), (300, 20))
        top, bottom, left, right = bounds(image_of(photo, "fashion_mnist"))
        assert max(bottom - top, right - left) >= 26 and abs(top + bottom - 28) <= 2
        assert abs(left + right - 28) <= 2


def test_the_background_of_a_photo_becomes_black(clothes):
    rng = np.random.default_rng(5)
    shirt = np.where(clothes[1] > 12, 230, 0).astype(np.uint8)
    for colour in ((120, 70, 40), (160, 30, 60), (40, 90, 40)):
        ground = np.clip(np.array(colour) + rng.normal(0, 12, (480, 400, 3)), 0, 255).astype(
            np.uint8
        )
        image = image_of(photographed(shirt, ground, (100, 60)), "fashion_mnist")
        corners = image[[0, 0, -1, -1], [0, -1, 0, -1]]
        assert corners.max() == 0
        assert image[10:18, 12:16].mean() > 150


@pytest.mark.parametrize("cloth", few(["striped", "halved"], 1))
def test_a_piece_of_two_colours_on_a_chequered_ground_is_cut_out_whole(clothes, cloth):
    """The measured intersection over union is 0.94 on average, and 0.62 by colours alone."""
    rng = np.random.default_rng(5)
    (y, x) = np.mgrid[:220, :180][..., None]
    other = (x // 10) % 2 if cloth == "striped" else y < 110
    colours = np.where(other, (60, 90, 160), (195, 195, 200))
    ground = np.where((x // 20 + y // 20) % 2, (150, 120, 90), (90, 75, 60)) + rng.normal(
        0, 8, (220, 180, 3)
    )
    shares = []
    for piece in clothes:
        mask = np.zeros((220, 180), bool)
        mask[40:180, 20:160] = (
            np.asarray(Image.fromarray(piece).resize((140, 140), Image.Resampling.BICUBIC)) > 12
        )
        if mask.mean() > 0.1:  # leaves out sandals, which consist of separate parts
            picture = np.where(mask[..., None], colours, ground) / 255
            found = find_clothing_mask(picture)
            assert np.array_equal(find_clothing_mask(picture), found)
            shares.append((found & mask).sum() / (found | mask).sum())
    assert np.mean(shares) > 0.85


def test_a_piece_that_touches_the_edge_of_the_picture_is_cut_out_whole(clothes):
    """The measured intersection over union is 0.92 on average.

    With GrabCut's usual smoothness of 50 it is 0.89.
    """
    rng = np.random.default_rng(5)
    shares = []
    for piece in clothes:
        mask = np.asarray(Image.fromarray(piece).resize((224, 224), Image.Resampling.BICUBIC)) > 12
        if mask.mean() > 0.25:
            grain = rng.normal(0, 0.15, (2, 224, 224, 1))
            picture = np.where(
                mask[..., None], (0.45, 0.40, 0.5) + grain[0], (0.55, 0.45, 0.35) + grain[1]
            ).clip(0, 1)
            found = find_clothing_mask(picture)
            shares.append((found & mask).sum() / (found | mask).sum())
    assert np.mean(shares) > 0.9


def test_a_drawn_piece_fills_the_image_and_its_closed_outlines_are_filled_in_the_brushs_grey():
    filled, hollow = (image_of(SHIRT, "fashion_mnist", without) for without in (set(), {"fill"}))
    assert filled[14, 14] == pytest.approx(0.6 * 255, abs=3)
    assert hollow[14, 14] == 0 and filled[0, 14] == hollow[0, 14]
    top, bottom, left, right = bounds(filled)
    assert max(bottom - top, right - left) == 28


def outline(*corners: tuple[float, float]) -> np.ndarray:
    """Return a closed line, in pixels, through corners given as shares of the canvas."""
    return 280 * np.array([*corners, corners[0]])


def drawn(strokes: list[np.ndarray], pen: float) -> np.ndarray:
    """Return the image that the app makes of strokes; ``seen`` reads its brightness at a place."""
    return image_of(Strokes(tuple(strokes), pen, 280, ink_lightness=0.7), "fashion_mnist")


def seen(image: np.ndarray, strokes: list[np.ndarray], pen: float, x: float, y: float) -> float:
    """Return an image's brightness, 0 to 1, at the place (x, y) of the canvas.

    Args:
        x, y: as shares of the canvas.
    """
    points = np.concatenate(strokes)
    low = points.min(axis=0) - pen / 2
    high = points.max(axis=0) + pen / 2
    column, row = (280 * np.array([x, y]) - (low + high) / 2) / (high - low).max() * 28 + 14
    return image[int(row), int(column)] / 255


PENS = BRUSHES["areas"].pen_widths[:2]


@pytest.mark.parametrize("pen", PENS)
def test_the_area_inside_a_bags_handle_stays_open_and_the_bag_is_filled(pen):
    rng = np.random.default_rng(3)
    for _ in range(20):
        left = rng.uniform(0.05, 0.2)
        top = rng.uniform(0.4, 0.5)
        half = rng.uniform(0.12, 0.7 * (0.5 - left))
        body = outline((left, top), (1 - left, top), (1 - left, 0.9), (left, 0.9))
        handle = 280 * np.array(
            [(0.5 - half, top), (0.5 - half, 0.2), (0.5 + half, 0.2), (0.5 + half, top)]
        )
        image = drawn([body, handle], pen)
        assert seen(image, [body, handle], pen, 0.5, (top + 0.2) / 2) < 0.05
        assert seen(image, [body, handle], pen, 0.5, (top + 0.9) / 2) > 0.6


@pytest.mark.parametrize("pen", PENS)
def test_parts_drawn_by_themselves_are_filled_like_the_whole(pen):
    """Sleeves and a bodice are filled, unlike a bag's handle, which stays open inside."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        left = rng.uniform(0.3, 0.36)
        top = rng.uniform(0.1, 0.2)
        body = outline((left, top), (1 - left, top), (1 - left, 0.9), (left, 0.9))
        long = rng.uniform(0.25, 0.6)
        sleeve = 280 * np.array(
            [(left, top), (0.08, top + long), (0.2, top + long + 0.08), (left, top + 0.25)]
        )
        shirt = [body, sleeve, np.array([280, 0]) + sleeve * [-1, 1]]
        assert seen(drawn(shirt, pen), shirt, pen, *sleeve.mean(axis=0) / 280) > 0.6
        waist = rng.uniform(0.34, 0.4)
        wide = rng.uniform(0.2, 0.34)
        bodice = outline((waist, top), (1 - waist, top), (1 - waist, 0.45), (waist, 0.45))
        skirt = outline((waist, 0.45), (1 - waist, 0.45), (1 - wide, 0.95), (wide, 0.95))
        assert seen(drawn([bodice, skirt], pen), [bodice, skirt], pen, 0.5, 0.3) > 0.6


def test_legs_drawn_with_the_usual_pen_stay_apart():
    pen = BRUSHES["areas"].pen_widths[1]
    for apart in (0.1, 0.14, 0.2):
        inner = (0.5 + apart / 2, 0.95), (0.5, 0.4), (0.5 - apart / 2, 0.95)
        legs = [outline((0.32, 0.05), (0.68, 0.05), (0.76, 0.95), *inner, (0.24, 0.95))]
        image = drawn(legs, pen)
        assert seen(image, legs, pen, 0.5, 0.92) < 0.3 < 0.6 < seen(image, legs, pen, 0.5, 0.2)


def test_thin_lines_on_the_cloth_are_darker_seams_and_what_a_wide_pen_paints_is_cloth():
    body = outline((0.3, 0.1), (0.7, 0.1), (0.7, 0.9), (0.3, 0.9))
    zip_line = 280 * np.array([(0.5, 0.1), (0.5, 0.9)])
    coat = drawn([body, zip_line], 10)
    assert coat[14, 13] < coat[14, 10] - 20 and coat[14, 10] > 150
    painted = image_of(
        Strokes((body, zip_line), 40, 280, ink_lightness=0.7, pen_widths=(10, 40)), "fashion_mnist"
    )
    assert abs(int(painted[14, 13]) - int(painted[14, 10])) < 10
    lines_only = drawn([zip_line], 10)
    assert lines_only.max() > 120  # the line encloses nothing, so it keeps its own brightness
