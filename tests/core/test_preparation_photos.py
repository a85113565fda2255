"""A digit's photo becomes the image that its strokes alone give, on any paper, in any light."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.paper import (
    DIGITS,
    SHIRT,
    coloured,
    difference,
    framed,
    grainy,
    image_of,
    ink_of,
    jpeg,
    lit,
    ruled,
    strokes_of,
    to_photo,
)
from fvapp.core.errors import BlankError
from fvapp.core.preparation import (
    Photo,
    Strokes,
    load_image,
    optional_preparation_step_names,
    prepare_drawing_or_photo,
)
from pairs import pairs

WIDTH = 640
HEIGHT = 480
PAPER = (0.85, 0.84, 0.8)
INK = (0.12, 0.12, 0.2)
BOARD = (0.1, 0.22, 0.18)
CHALK = (0.85, 0.88, 0.85)
BLUE_LINE = (0.45, 0.5, 0.75)
# Maximum mean difference of two images' pixels, as a share of the range 0 to 255. The mean
# difference of two different digits is 0.1.
ALIKE = 0.02


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def written(label: int, size: float = 300, place=(200, 90), pen: float = 18) -> Strokes:
    return strokes_of(label, size, place, pen, WIDTH)


def on_paper(drawing: Strokes, paper=PAPER, ink=INK) -> np.ndarray:
    return coloured(ink_of(drawing, WIDTH, HEIGHT), paper, ink)


def assert_seen_as(photo: Photo, drawing: Strokes, alike: float = ALIKE) -> None:
    seen = prepare_drawing_or_photo(photo, "mnist")
    assert difference(seen.image, image_of(drawing)) < alike
    assert seen.shape_count == 1


def test_two_digits_beside_each_other_are_two_shapes(rng):
    for other in DIGITS:
        strokes = (*written(7, 240, (60, 120)).strokes, *written(other, 240, (360, 120)).strokes)
        drawing = replace(written(7), strokes=strokes)
        assert (
            prepare_drawing_or_photo(
                to_photo(grainy(lit(on_paper(drawing), 0.9, 0.6), rng)), "mnist"
            ).shape_count
            == 2
        )


def test_the_digits_of_these_tests_differ_by_more_than_what_counts_as_alike():
    images = [image_of(written(label)) for label in DIGITS]
    apart = [difference(images[i], images[j]) for i in range(len(images)) for j in range(i)]
    assert min(apart) > 3 * ALIKE


SCENES = {
    "uneven light": lambda p, rng: lit(p, 1.0, 0.35),
    "a hand's shadow": lambda p, rng: grainy(lit(p, 1.0, 0.7, shadow=True), rng),
    "ruled lines": lambda p, rng: grainy(ruled(p, 48, 3, BLUE_LINE, tilt=2), rng),
    "dark ruled lines": lambda p, rng: grainy(ruled(p, 60, 3, (0.2, 0.25, 0.45), tilt=-3), rng),
    "squared paper": lambda p, rng: grainy(ruled(p, 40, 2, BLUE_LINE, tilt=1, squared=True), rng),
    "noise and specks": lambda p, rng: grainy(p, rng, 0.03, specks=40),
    "the table at two sides": lambda p, rng: grainy(framed(p, 90, 60, (0.35, 0.2, 0.1)), rng),
    "all of it": lambda p, rng: grainy(
        lit(framed(ruled(p, 50, 2, BLUE_LINE, -1.5, True), 50, 40, (0.3, 0.2, 0.15)), 1, 0.6, True),
        rng,
        specks=15,
    ),
}


@pytest.mark.parametrize(("label", "scene"), pairs(tuple(DIGITS), tuple(SCENES)))
def test_light_lines_and_dirt_around_the_ink_do_not_matter(label, scene, rng):
    drawing = written(label)
    assert_seen_as(to_photo(SCENES[scene](on_paper(drawing), rng)), drawing)


PENS = {
    "chalk on a board": ((), (BOARD, CHALK)),
    "a red pen": ((), (PAPER, (0.85, 0.1, 0.15))),
    "a yellow pen": ((), ((0.95, 0.95, 0.93), (0.95, 0.9, 0.2))),
    "a pencil": ((), (PAPER, (0.6, 0.6, 0.6))),
    "small": ((60, (420, 300), 4), ()),
    "thin": ((90, (220, 200), 6), ()),
    "fat": ((340, (200, 70), 60), ()),
}


@pytest.mark.parametrize(("form", "colours"), PENS.values(), ids=PENS)
def test_colour_size_and_breadth_of_the_pen_and_the_ground_do_not_matter(form, colours, rng):
    for label in DIGITS:
        drawing = written(label, *form)
        assert_seen_as(to_photo(grainy(lit(on_paper(drawing, *colours), 1.0, 0.6), rng)), drawing)


def test_a_digit_that_fills_the_picture_keeps_all_of_its_strokes():
    for label in DIGITS:
        drawing = strokes_of(label, 400, (20, 20), 34, 440)
        width = int(max(way[:, 0].max() for way in drawing.strokes) + 20)
        picture = coloured(ink_of(drawing, width, 440), (0.9, 0.9, 0.88), (0.1, 0.1, 0.1))
        assert_seen_as(to_photo(picture), drawing)


def test_a_strongly_compressed_turned_jpeg_is_turned_back(rng):
    drawing = written(7)
    picture = grainy(lit(on_paper(drawing), 1, 0.5), rng, 0.03)
    # The picture is turned left, and EXIF orientation 6 makes a viewer turn it right again.
    turned = np.rot90(picture)
    assert_seen_as(load_image(jpeg(turned, quality=25, orientation=6)), drawing)


@pytest.mark.parametrize(("share", "pen"), [(0.3, 10), (0.5, 10), (0.7, 20), (0.9, 36)])
def test_a_canvas_as_pixels_gives_what_its_strokes_give(share, pen, rng):
    for label in DIGITS:
        size = share * 280 - pen
        place = tuple(pen / 2 + rng.random(2) * (280 - pen - size))
        drawing = strokes_of(label, size, place, pen, 280)
        photo = to_photo(coloured(ink_of(drawing, 280, 280), (1, 1, 1), (0, 0, 0)))
        assert_seen_as(photo, drawing)


def test_an_mnist_image_uploaded_as_it_is_stays_nearly_itself(mnist):
    for image in mnist.x_test[:60]:
        seen = image_of(Photo(np.repeat(image[..., None], 3, 2)))
        # Rounding may move the centre of mass to the next pixel.
        moved = [np.roll(seen, (x, y), (1, 0)) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        assert min(difference(one, image) for one in moved) < 0.03


@pytest.mark.parametrize("shadow", [False, True])
@pytest.mark.parametrize("noise", [0.0, 0.02, 0.04])
def test_empty_paper_is_refused_as_blank(noise, shadow, rng):
    paper = np.full((HEIGHT, WIDTH, 3), 0.8)
    with pytest.raises(BlankError) as refused:
        prepare_drawing_or_photo(
            to_photo(grainy(lit(paper, 1.0, 0.5, shadow), rng, noise)), "mnist"
        )
    assert refused.value.code == "blank_picture"


@pytest.mark.parametrize("dataset", ["mnist", "fashion_mnist"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 2), (28, 28), (1024, 3)])
@pytest.mark.parametrize("value", [0, 200, 255])
def test_pictures_of_one_colour_and_of_odd_shapes_are_blank(shape, value, dataset):
    with pytest.raises(BlankError):
        prepare_drawing_or_photo(Photo(np.full((*shape, 3), value, np.uint8)), dataset)


def shirt_on_a_wall(rng) -> Photo:
    picture = np.clip(rng.normal(220, 4, (500, 400, 3)), 0, 255)
    picture[60:360, 60:220] = rng.normal((50, 60, 110), 10, (300, 160, 3))
    return Photo(picture.astype(np.uint8))


SOURCES = {
    "a drawn digit": ("mnist", lambda rng: strokes_of(4, 90, (160, 150), 30, 280)),
    "a drawn shirt": ("fashion_mnist", lambda rng: SHIRT),
    "a photo of a digit": (
        "mnist",
        lambda rng: to_photo(
            SCENES["all of it"](on_paper(written(5, size=180, place=(330, 200), pen=24)), rng)
        ),
    ),
    "a photo of a shirt": ("fashion_mnist", shirt_on_a_wall),
}


@pytest.mark.parametrize(("dataset", "make"), SOURCES.values(), ids=SOURCES)
def test_each_step_has_a_picture_and_left_out_changes_the_image(dataset, make, rng):
    source = make(rng)
    whole = prepare_drawing_or_photo(source, dataset)
    names = optional_preparation_step_names(type(source), dataset)
    first = "photo" if isinstance(source, Photo) else "drawing"
    assert {step.name for step in whole.steps} == {first, *names} and whole.steps[0].name == first
    assert whole.optional_preparation_step_names == names and whole.image.shape == (28, 28)
    assert all(
        step.picture_after_step.dtype == np.uint8 and step.picture_after_step.ndim == 2
        for step in whole.steps
    )
    assert np.array_equal(whole.steps[-1].picture_after_step, whole.image)
    for step in names:
        without = prepare_drawing_or_photo(source, dataset, {step})
        assert [each.name for each in without.steps] == [each.name for each in whole.steps]
        assert difference(without.image, whole.image) > 0.002, step


@pytest.mark.parametrize("thick", [1, 2, 3])
def test_a_line_a_pixel_wide_in_a_large_picture_is_seen(thick):
    for angle in range(0, 180, 15):
        side = 500
        turn = np.radians(angle)
        image = Image.new("RGB", (side, side), "white")
        ends = [
            (side / 2 + sign * 200 * np.cos(turn), side / 2 + sign * 200 * np.sin(turn))
            for sign in (-1, 1)
        ]
        ImageDraw.Draw(image).line(ends, "black", thick)
        prepared = prepare_drawing_or_photo(Photo(np.asarray(image)), "mnist")
        rows, columns = np.nonzero(prepared.image > 100)
        assert 18 <= np.hypot(np.ptp(rows), np.ptp(columns)) <= 30, "its length fills the box"
        assert all(step.picture_after_step.any() for step in prepared.steps), angle


def test_a_piece_of_clothing_too_faint_to_be_found_is_a_blank_picture():
    faint = np.full((1, 10, 3), 200, np.uint8)
    faint[0, 5] = 180
    with pytest.raises(BlankError):
        prepare_drawing_or_photo(Photo(faint), "fashion_mnist")
