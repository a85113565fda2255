"""Pictures, strokes and files made by Hypothesis: each leads to an image or to a named error.

The usual tests try 130 fixed examples, and the long tests 5,000, each within 2 s and 300 MB.
"""

import io
import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from core.image_files import within_bounds
from fvapp.bench.drawings import stroke_to_canvas_path
from fvapp.core.errors import FvappError, ImageError, StrokesError
from fvapp.core.preparation import (
    Photo,
    Strokes,
    load_image,
    optional_preparation_step_names,
    parse_canvas,
    parse_strokes_file,
    prepare_drawing_or_photo,
)
from fvapp.core.preparation.loader import LONGEST_SIDE, MOST_BYTES, MOST_PIXELS

PICTURED = ("mnist", "fashion_mnist")

SIDES = st.one_of(st.integers(1, 8), st.integers(1, 600), st.integers(1, 5_000))
SHARES = st.floats(0, 1)
COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
SHAPES = st.tuples(
    st.sampled_from(["line", "ellipse", "ring", "block", "upright", "level"]),
    st.tuples(SHARES, SHARES, SHARES, SHARES),
    st.one_of(st.integers(1, 3), st.integers(1, 80)),
    COLOURS,
)


@st.composite
def scenes(draw, most: int = 5_000) -> Image.Image:
    """Return a picture at most `most` pixels wide and high: shapes on a plain or varied ground."""
    width = min(draw(SIDES), most)
    height = min(draw(SIDES), most)
    image = Image.new("RGB", (width, height), draw(COLOURS))
    ground = draw(st.sampled_from(["plain", "plain", "grain", "slope"]))
    if ground == "grain":
        grain = np.random.default_rng(draw(st.integers(0, 9))).normal(
            0, draw(st.integers(1, 90)), (height, width, 1)
        )
        image = Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))
    elif ground == "slope":
        image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    pen = ImageDraw.Draw(image)
    for shape, places, thick, colour in draw(st.lists(SHAPES, max_size=4)):
        left, right = sorted((places[0] * width, places[1] * width))
        top, bottom = sorted((places[2] * height, places[3] * height))
        if shape == "line":
            pen.line([(left, bottom), (right, top)], colour, thick)
        elif shape == "upright":
            pen.line([(left, 0), (left, height)], colour, thick)
        elif shape == "level":
            pen.line([(0, top), (width, top)], colour, thick)
        elif shape == "block":
            pen.rectangle([left, top, right, bottom], colour)
        elif shape == "ellipse":
            pen.ellipse([left, top, right, bottom], colour)
        else:
            pen.ellipse([left, top, right, bottom], outline=colour, width=thick)
    return image


KINDS = {
    "PNG": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"],
    "JPEG": ["L", "RGB", "CMYK"],
    "WEBP": ["L", "RGB", "RGBA"],
    "BMP": ["1", "L", "P", "RGB"],
    "GIF": ["1", "L", "P", "RGB", "RGBA"],
}
"""File format that the app reads -> Pillow's image modes that can be written in this format."""


@st.composite
def image_files(draw) -> tuple[bytes, tuple[int, int] | None]:
    """Return an image file, and the picture's height and width, or None if the file was damaged."""
    image = draw(scenes())
    kind = draw(st.sampled_from(list(KINDS)))
    orientation = draw(st.sampled_from([None, 1, 3, 6, 8, 9, 65_535]))
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    mode = draw(st.sampled_from(KINDS[kind]))
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    else:
        image = image.convert(mode)
    options = {
        "PNG": {"compress_level": 1, "exif": exif},
        "JPEG": {"progressive": draw(st.booleans()), "exif": exif},
        "WEBP": {"method": 0, "exif": exif},
    }
    file = io.BytesIO()
    image.save(file, kind, **options.get(kind, {}))
    data = file.getvalue()
    turned = kind in options and orientation in (6, 8)
    size = (image.width, image.height) if turned else (image.height, image.width)
    damage = draw(st.lists(st.tuples(SHARES, st.integers(0, 255)), max_size=6))
    if not damage:
        return data, size
    spoiled = bytearray(data)
    for place, byte in damage:
        # Most damaged bytes are near the beginning, because the header matters most.
        spoiled[int(place**3 * (len(spoiled) - 1))] = byte
    return bytes(
        spoiled[: draw(st.integers(1, len(spoiled)))] if draw(st.booleans()) else spoiled
    ), None


# Numbers within the allowed range, including its limits; `spoiled` makes others.
NUMBERS = st.one_of(
    st.floats(0, 280), st.integers(-300, 600), st.floats(-1e5, 1e5), st.sampled_from([1e5, -1e5, 0])
)
WIDTHS = st.one_of(st.integers(1, 60), st.floats(0, 280, exclude_min=True))
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


POINTS = st.lists(st.tuples(NUMBERS, NUMBERS).map(list), min_size=1, max_size=8)
CANVASES = st.lists(st.tuples(POINTS, WIDTHS), max_size=4).map(
    lambda strokes: [stroke_to_canvas_path(points, width) for points, width in strokes]
)
STROKES_FILES = st.lists(
    st.fixed_dictionaries(
        {
            "strokes": st.lists(
                st.lists(st.tuples(NUMBERS, NUMBERS).map(list), max_size=8), max_size=4
            )
        },
        optional={
            "pen": WIDTHS,
            "size": st.one_of(st.just(280), st.floats(0, 1e5, exclude_min=True)),
        },
    ),
    max_size=3,
)


@st.composite
def spoiled(draw, whole: st.SearchStrategy) -> object:
    """Return JSON values; half of the time, one value somewhere inside is replaced by another."""
    content = draw(whole)
    if draw(st.booleans()):
        return content
    holder = [content]
    key = 0
    while isinstance(holder[key], (list, dict)) and holder[key] and draw(st.integers(0, 4)):
        holder = holder[key]
        key = draw(
            st.sampled_from(list(holder) if isinstance(holder, dict) else range(len(holder)))
        )
    if holder[key] is content:
        return draw(JSON)
    holder[key] = draw(JSON)
    return content


def search(examples: int, check: Callable[..., None], *strategies: st.SearchStrategy) -> None:
    """Call `check` with this many examples from Hypothesis.

    Hypothesis' checks for slow and large examples are off, because pictures may have any size.
    """

    @settings(
        max_examples=examples,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.tuples(*strategies))
    def each(example: tuple[object, ...]) -> None:
        within_bounds(lambda: check(*example))

    each()


def forms(usual: int, long: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("examples", [usual, pytest.param(long, marks=pytest.mark.long)])


def prepared_or_named(source: Strokes | Photo, left_out: int) -> None:
    """Prepare a picture for each data set of images, and check each step.

    A picture may also lead to a named error.
    """
    for dataset in PICTURED:
        names = optional_preparation_step_names(type(source), dataset)
        without = {name for place, name in enumerate(names) if left_out >> place & 1}
        try:
            prepared = prepare_drawing_or_photo(source, dataset, without)
        except FvappError:
            continue
        assert (prepared.image.shape, prepared.image.dtype) == ((28, 28), np.uint8)
        assert all(step.picture_after_step.dtype == np.uint8 for step in prepared.steps)


LEFT_OUT = st.one_of(st.just(0), st.integers(0, 63))


@forms(25, 2_000)
def test_any_picture_is_prepared_or_called_blank(examples):
    def check(image: Image.Image, left_out: int) -> None:
        prepared_or_named(Photo(np.asarray(image)), left_out)

    search(examples, check, scenes(most=LONGEST_SIDE), LEFT_OUT)


@forms(25, 1_500)
def test_any_file_becomes_a_picture_of_its_shape_or_a_named_error(examples):
    def check(file: tuple[bytes, tuple[int, int] | None]) -> None:
        data, size = file
        try:
            photo = load_image(data)
        except ImageError:
            assert size is None or len(data) > MOST_BYTES or size[0] * size[1] > MOST_PIXELS
            return
        height, width, _ = photo.pixels.shape
        assert max(height, width) <= LONGEST_SIDE
        if size is not None:
            scale = max(height, width) / max(size)
            assert abs(height - size[0] * scale) <= 1 and abs(width - size[1] * scale) <= 1
        prepared_or_named(photo, 0)

    search(examples, check, image_files())


@forms(40, 750)
def test_anything_from_the_canvas_is_prepared_or_a_named_error(examples):
    def check(data: object, left_out: int) -> None:
        try:
            drawing = parse_canvas(data)
        except StrokesError:
            return
        if drawing is not None:
            prepared_or_named(drawing, left_out)

    search(examples, check, spoiled(CANVASES), LEFT_OUT)


@forms(40, 750)
def test_any_strokes_file_is_prepared_or_a_named_error(examples):
    def check(content: object, left_out: int) -> None:
        try:
            drawings = parse_strokes_file(json.dumps(content).encode())
        except StrokesError:
            return
        for drawing in drawings:
            if isinstance(drawing, Strokes):
                prepared_or_named(drawing, left_out)

    search(examples, check, spoiled(STROKES_FILES), LEFT_OUT)
