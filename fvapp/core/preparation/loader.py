"""Reads the image files that come from uploads, the camera and the drawing canvas."""

import io
import re
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageOps

from fvapp.core.errors import ImageError

MOST_BYTES = 2_000_000
MOST_PIXELS = 12_500_000
"""Maximum number of pixels of a picture that is decoded at full size.

Phones usually take pictures of 4,000 x 3,000 pixels. The costliest format, animated WebP with
transparency, takes 16 bytes per pixel to decode: 200 MB.
"""
# Maximum number of pixels of a JPEG. The limit is higher than for other formats, because JPEGs are
# decoded row by row and, if possible, at an eighth of their size.
MOST_JPEG_PIXELS = 120_000_000
MOST_JPEG_SCANS = 32  # maximum number of scans in a JPEG; encoders usually write about ten
LONGEST_SIDE = 1_024  # maximum longer side of the stored picture, in pixels
_LIGHT = 190  # mean grey (white is 255) above which a shape is hardly visible on white

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
# Pillow's names for JPEGs. Many phones write MPO, a JPEG with further images after the first.
_JPEG = ("JPEG", "MPO")

# A marker in a JPEG (ITU-T T.81, annex B). The bytes FF00 and FFD0 to FFD7 belong to the pixel
# data.
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
_START_OF_IMAGE = 0xD8
_END_OF_IMAGE = 0xD9
_START_OF_SCAN = 0xDA
_ALONE = (0x01, _START_OF_IMAGE)  # JPEG markers that are not followed by a segment


@dataclass(frozen=True)
class Photo:
    """A picture made of pixels.

    Attributes:
        pixels: `uint8` [h, w, 3], red, green and blue. The picture is upright and has at most 1,024
            pixels per side. Transparent parts are white, or black around a light shape.
    """

    pixels: np.ndarray = field(repr=False)


def load_image(data: bytes) -> Photo:
    """Return the picture in an image file. The content decides the format, not the file name.

    The size is checked before the pixels are decoded. The picture is rotated according to its EXIF
    data, 16 bits are scaled to 8 bits, only the first frame of an animation is read, and
    transparency is removed.

    Raises:
        ImageError: ``image_too_many_bytes``: the file is too large; ``image_too_many_pixels``: the
            picture is too large; ``not_an_image``: the format is unknown; ``image_damaged``: the
            file is damaged.
    """
    if len(data) > MOST_BYTES:
        raise ImageError("image_too_many_bytes", most=MOST_BYTES // 1_000_000)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _check_image_size(image, data)
            return Photo(_decode_image(image))
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels_error(MOST_PIXELS) from None
    except Image.UnidentifiedImageError:
        raise ImageError("not_an_image") from None
    except Exception as error:
        # Damaged files make Pillow raise dozens of different errors, even ZeroDivisionError.
        raise ImageError("image_damaged") from error


def _check_image_size(image: Image.Image, data: bytes) -> None:
    """Raise an error if an image would take too much memory or time to decode."""
    most = MOST_PIXELS
    if image.format in _JPEG:
        scans = _count_jpeg_scans(data)
        if scans > MOST_JPEG_SCANS:
            raise ImageError("image_damaged")
        if scans == 1:
            most = MOST_JPEG_PIXELS
    if image.width * image.height > most:
        raise _too_many_pixels_error(most)


def _count_jpeg_scans(data: bytes) -> int:
    """Return the number of scans in a JPEG's first image, not counting embedded thumbnails.

    A JPEG with one scan is decoded row by row. With more scans, the decoder keeps all coefficients
    (two bytes each) in memory, even to make a smaller copy, and processes them all for each scan. A
    scan may take only a few bytes in the file, so even a small file can be slow to decode: a file
    of 180 kB with 15 million pixels and 3,000 scans took a minute.
    """
    scans = 0
    place = 0
    while marker := _MARKER.search(data, place):
        kind = marker[1][0]
        place = marker.end()
        if kind == _END_OF_IMAGE:
            break
        scans += kind == _START_OF_SCAN
        if kind not in _ALONE:
            place += int.from_bytes(data[place : place + 2], "big")
    return scans


def _too_many_pixels_error(most: int) -> ImageError:
    return ImageError("image_too_many_pixels", most=f"{most / 1_000_000:g}")


def _decode_image(image: Image.Image) -> np.ndarray:
    if image.format in _JPEG:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        # The picture may still be large, because Pillow cannot decode every JPEG at a smaller size.
        if image.width * image.height > MOST_PIXELS:
            raise _too_many_pixels_error(MOST_PIXELS)
    image.load()
    small = _to_eight_bits(image)
    small.info = image.info  # keep the EXIF data, which Pillow's conversions drop
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    _turn_upright(small)
    return np.asarray(_flatten_transparent_image(small))


def _turn_upright(image: Image.Image) -> None:
    """Rotate a picture in place according to its EXIF data; damaged EXIF data are ignored."""
    try:
        ImageOps.exif_transpose(image, in_place=True)
    # Damaged EXIF data raise many kinds of errors. If Pillow can read the orientation, it rotates
    # the picture before it fails to rewrite the EXIF data.
    except Exception:
        return


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture in a mode that can be resized, with 16-bit grey scaled to 8 bits."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode == "I":
        return Image.fromarray((np.asarray(image) >> 8).clip(0, 255).astype(np.uint8))
    if image.mode in ("P", "PA", "LA", "La", "RGBa"):
        return image.convert("RGBA")
    if image.mode in ("1", "CMYK", "YCbCr", "LAB", "HSV", "RGBX"):
        return image.convert("RGB")
    if image.mode in ("L", "RGB") and "transparency" in image.info:
        return image.convert("RGBA")
    return image


def _flatten_transparent_image(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands():
        return image.convert("RGB")
    image = image.convert("RGBA")
    grey = np.asarray(image.convert("L"))
    opaque = np.asarray(image.getchannel("A"))
    is_light = opaque.any() and np.average(grey, weights=opaque) > _LIGHT
    paper = Image.new("RGBA", image.size, "black" if is_light else "white")
    return Image.alpha_composite(paper, image).convert("RGB")
