"""The one door for image bytes: upload, camera and canvas."""

import io
import re
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageOps

from fvapp.core.errors import ImageError

MOST_BYTES = 2_000_000
MOST_PIXELS = 12_500_000
"""Of a picture that must be decoded whole: a phone's usual 4,000 x 3,000.

The dearest of them, animated WebP with transparency, takes 16 bytes a pixel while it is decoded:
200 MB.
"""
MOST_JPEG_PIXELS = (
    120_000_000  # one scan is decoded row by row, at an eighth of the size where that is enough
)
MOST_JPEG_SCANS = 32  # encoders write about ten
LONGEST_SIDE = 1_024  # what is kept
_LIGHT = 190  # of 255, on average: on white it would hardly be seen

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
_JPEG = ("JPEG", "MPO")  # MPO: what many phones write, a JPEG with further images behind it

# Of a JPEG (ITU-T T.81, annex B).
# 00 and D0-D7 belong to the pixels' code
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
_START_OF_IMAGE = 0xD8
_END_OF_IMAGE = 0xD9
_START_OF_SCAN = 0xDA
_ALONE = (0x01, _START_OF_IMAGE)  # markers without a segment behind them


@dataclass(frozen=True)
class Photo:
    """A picture made of pixels.

    Attributes:
        pixels: `uint8` [h, w, 3], red, green, blue; at most 1,024 a side, upright. Where it was
            transparent it lies on white, a light shape on black.
    """

    pixels: np.ndarray = field(repr=False)


def load_image(data: bytes) -> Photo:
    """Read an image file, whatever it is called: the content decides.

    Sizes are checked before anything is decoded. EXIF rotation is applied, 16 bits are scaled to 8,
    the first frame of an animation is taken, nothing is transparent any more.

    Raises:
        ImageError: ``image_too_many_bytes``, ``image_too_many_pixels``, ``not_an_image``,
            ``image_damaged``.
    """
    if len(data) > MOST_BYTES:
        raise ImageError("image_too_many_bytes", most=MOST_BYTES // 1_000_000)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _check_size(image, data)
            return Photo(_decode(image))
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(MOST_PIXELS) from None
    except Image.UnidentifiedImageError:
        raise ImageError("not_an_image") from None
    except Exception as error:
        # A damaged file makes Pillow's readers fail in dozens of ways, from struct.error to
        # ZeroDivisionError; all of them mean the same to a visitor.
        raise ImageError("image_damaged") from error


def _check_size(image: Image.Image, data: bytes) -> None:
    """Refuse what would take too much memory or time to decode, before it is decoded."""
    most = MOST_PIXELS
    if image.format in _JPEG:
        scans = _count_scans(data)
        if scans > MOST_JPEG_SCANS:
            raise ImageError("image_damaged")
        if scans == 1:
            most = MOST_JPEG_PIXELS
    if image.width * image.height > most:
        raise _too_many_pixels(most)


def _count_scans(data: bytes) -> int:
    """Return how many scans the first image of a JPEG has; a thumbnail inside of a segment does not
    count.

    An image of one scan is decoded row by row. With more of them the decoder keeps all
    coefficients, two bytes each, whatever size is wanted, and goes through all of them again for
    each scan, which may be a few bytes: 3,000 scans of 15 million pixels, 180 kB, took a minute.
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


def _too_many_pixels(most: int) -> ImageError:
    return ImageError("image_too_many_pixels", most=f"{most / 1_000_000:g}")


def _decode(image: Image.Image) -> np.ndarray:
    if image.format in _JPEG:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        if image.width * image.height > MOST_PIXELS:  # some kinds of JPEG cannot be decoded smaller
            raise _too_many_pixels(MOST_PIXELS)
    image.load()
    small = _eight_bits(image)
    small.info = image.info  # where the EXIF is
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    _turn_upright(small)
    return np.asarray(_on_paper(small))


def _turn_upright(image: Image.Image) -> None:
    """Turn a picture as its EXIF says, in place; one whose EXIF is broken is still a picture."""
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except Exception:
        # As above. Where Pillow can read the orientation but not write the rest of the EXIF back,
        # the picture is turned by then.
        return


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture in a mode that can be resized, 16-bit grey scaled to 8 bits instead of
    clipped.
    """
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


def _on_paper(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands():
        return image.convert("RGB")
    image = image.convert("RGBA")
    grey = np.asarray(image.convert("L"))
    opaque = np.asarray(image.getchannel("A"))
    is_light = opaque.any() and np.average(grey, weights=opaque) > _LIGHT
    paper = Image.new("RGBA", image.size, "black" if is_light else "white")
    return Image.alpha_composite(paper, image).convert("RGB")
