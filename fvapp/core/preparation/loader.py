"""The one door for image bytes: upload, camera and canvas."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageOps

from fvapp.core.errors import ImageError

MOST_BYTES = 2_000_000
MOST_PIXELS = 16_000_000  # of a picture that must be decoded whole: 64 MB with four channels
MOST_JPEG_PIXELS = 120_000_000  # a JPEG is decoded at an eighth of its size where that is enough
LONGEST_SIDE = 1_024  # what is kept

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")


@dataclass(frozen=True)
class Photo:
    """A picture made of pixels.

    Attributes:
        pixels: `uint8` [h, w, 3], red, green, blue; at most 1,024 a side, upright, on white where it was transparent.
    """

    pixels: np.ndarray = field(repr=False)


def load_image(data: bytes) -> Photo:
    """Read an image file, whatever it is called: the content decides.

    Sizes are checked before anything is decoded. EXIF rotation is applied, 16 bits are scaled to 8, the first frame
    of an animation is taken, transparency lies on white.

    Raises:
        ImageError: ``image_too_many_bytes``, ``image_too_many_pixels``, ``not_an_image``, ``image_damaged``.
    """
    if len(data) > MOST_BYTES:
        raise ImageError("image_too_many_bytes", most=MOST_BYTES // 1_000_000)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            return Photo(_decode(image))
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageError("image_too_many_pixels", most=MOST_PIXELS // 1_000_000) from None
    except Image.UnidentifiedImageError:
        raise ImageError("not_an_image") from None
    except Exception as error:
        # A damaged file makes Pillow's readers fail in dozens of ways, from struct.error to ZeroDivisionError; all of
        # them mean the same to a visitor.
        raise ImageError("image_damaged") from error


def _decode(image: Image.Image) -> np.ndarray:
    most = MOST_JPEG_PIXELS if image.format == "JPEG" else MOST_PIXELS
    if image.width * image.height > most or min(image.size) < 1:
        raise ImageError("image_too_many_pixels", most=most // 1_000_000)
    if image.format == "JPEG":
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        if image.width * image.height > MOST_PIXELS:  # some JPEGs cannot be decoded smaller
            raise ImageError("image_too_many_pixels", most=MOST_PIXELS // 1_000_000)
    image.load()
    small = _eight_bits(image)
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    upright = ImageOps.exif_transpose(small)
    return np.asarray(_on_white(upright))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture in a mode that can be resized, 16-bit grey scaled to 8 bits instead of clipped."""
    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.int64)
        return _with_exif(Image.fromarray((np.clip(values, 0, 65_535) // 257).astype(np.uint8)), image)
    if image.mode in ("P", "PA", "LA", "La", "RGBa"):
        return _with_exif(image.convert("RGBA"), image)
    if image.mode in ("1", "CMYK", "YCbCr", "LAB", "HSV", "RGBX"):
        return _with_exif(image.convert("RGB"), image)
    if image.mode in ("L", "RGB") and "transparency" in image.info:
        return _with_exif(image.convert("RGBA"), image)
    return image


def _with_exif(new: Image.Image, old: Image.Image) -> Image.Image:
    new.info.update({name: old.info[name] for name in ("exif",) if name in old.info})
    return new


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands():
        return image.convert("RGB")
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")
