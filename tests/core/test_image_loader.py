"""The loader of image files: what it makes of every kind, and how little harm a bad file can do."""

import struct
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from core.image_files import encode, image_files, with_orientation, within_bounds
from fvapp.core.datasets import PICTURED
from fvapp.core.errors import FvappError, ImageError
from fvapp.core.preparation import Photo, load_image, prepare_drawing_or_photo


@pytest.mark.filterwarnings("ignore")  # the app ignores warnings too
def test_every_file_becomes_a_picture_or_a_named_error_within_300_mb_and_2_s():
    # Creates what the first picture needs, so that no later file is charged with its memory and
    # time.
    for dataset in PICTURED:
        prepare_drawing_or_photo(
            Photo(np.tile(np.arange(60, dtype=np.uint8)[:, None, None], (1, 60, 3))), dataset
        )
    for name, file in image_files().items():

        def load(file=file, name=name) -> None:
            try:
                photo = load_image(file.data)
            except ImageError as error:
                assert (error.code, None) == (file.error, file.shape), name
                return
            assert (None, photo.pixels.shape[:2]) == (file.error, file.shape), name
            for dataset in PICTURED:
                # Preparation raises an error if a picture shows nothing.
                with suppress(FvappError):
                    prepare_drawing_or_photo(photo, dataset)

        within_bounds(load)


def test_a_file_that_lies_about_its_type_is_read_by_its_content():
    # The loader cannot rely on a file name, because it gets none.
    image = Image.new("RGB", (5, 4), (10, 200, 30))
    for kind in ("PNG", "BMP", "WEBP"):
        options = {"lossless": True} if kind == "WEBP" else {}
        assert np.array_equal(load_image(encode(image, kind, **options)).pixels, np.asarray(image))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    # The row and column, 0 or 1, of the quarter that must be black. In the file, the top left
    # quarter is black.
    ("orientation", "dark"),
    list(enumerate([(0, 0), (0, 1), (1, 1), (1, 0)] * 2, start=1)),
)
def test_each_orientation_of_exif_is_turned_upright(kind, orientation, dark):
    pixels = load_image(with_orientation(orientation, kind)).pixels
    assert pixels.shape[:2] == ((20, 40) if orientation < 5 else (40, 20))
    height, width = pixels.shape[:2]
    row = height // 4 + dark[0] * height // 2
    column = width // 4 + dark[1] * width // 2
    assert pixels[row, column].max() < 60
    assert pixels[height - 1 - row, width - 1 - column].min() > 200


def test_an_orientation_counts_also_where_the_rest_of_exif_makes_no_sense():
    # This resolution tag has four bytes in place of a fraction, so Pillow cannot write it back.
    resolution = (
        282,
        1,
        4,
        b"\xff\x14\x00\x00",
    )
    entries = [(274, 3, 1, b"\x06\x00\x00\x00"), resolution]
    exif = (
        b"Exif\0\0II*\0\x08\0\0\0\x02\0"
        + b"".join(struct.pack("<HHI4s", *each) for each in entries)
        + bytes(4)
    )
    picture = encode(Image.new("RGB", (40, 20)), "JPEG", exif=exif)
    assert load_image(picture).pixels.shape == (40, 20, 3)


def test_sixteen_bits_are_scaled_and_not_clipped():
    values = np.linspace(0, 65_535, 256).round().astype(np.uint16)[None].repeat(3, axis=0)
    pixels = load_image(encode(Image.fromarray(values), "PNG")).pixels
    assert np.abs(pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_what_is_transparent_lies_on_white_and_what_is_light_on_black():
    clear = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    clear.putpixel((1, 0), (0, 0, 0, 128))
    assert load_image(encode(clear, "PNG")).pixels[0, :, 0].tolist() == [255, 127]
    white = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    white.putpixel((1, 0), (255, 255, 255, 255))
    assert load_image(encode(white, "PNG")).pixels[0, :, 0].tolist() == [0, 255]
    palette = Image.new("P", (2, 1), 0)
    palette.putpalette([0, 0, 0, 200, 100, 50])
    palette.putpixel((1, 0), 1)
    for kind in ("PNG", "GIF"):
        seen = load_image(encode(palette, kind, transparency=0)).pixels
        assert seen.tolist() == [[[255, 255, 255], [200, 100, 50]]]


def test_the_first_frame_of_an_animation_is_taken():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    for kind in ("GIF", "PNG", "WEBP"):
        red, green, blue = load_image(
            encode(frames[0], kind, save_all=True, append_images=frames[1:])
        ).pixels[4, 4]
        assert red > 240 and green < 20 and blue < 20


def test_cmyk_has_the_colours_it_had_and_a_large_picture_is_kept_small_with_its_aspect():
    image = Image.new("RGB", (16, 16), (200, 40, 90))
    seen = load_image(encode(image.convert("CMYK"), "JPEG", quality=95)).pixels
    assert np.abs(seen.astype(int) - np.asarray(image)).max() < 12
    wide = Image.new("RGB", (3_000, 1_000), "white")
    assert load_image(encode(wide, "PNG")).pixels.shape == (341, 1_024, 3)
