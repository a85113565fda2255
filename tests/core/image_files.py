"""Image files of every kind that breaks naive loaders, and limits on the cost of loading."""

import io
import re
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

ORIENTATION = 0x0112
MOST_SECONDS = 2.0
MOST_MB = 300


@dataclass(frozen=True)
class ImageFile:
    """The bytes of an image file, and what the loader must make of them.

    Attributes:
        error: the code of the error; None for a picture.
        shape: height and width of the picture.
    """

    data: bytes
    error: str | None = None
    shape: tuple[int, int] | None = None


def encode(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def with_orientation(orientation: int, kind: str = "JPEG") -> bytes:
    """Return a white 40 x 20 image with an EXIF orientation; its top left quarter is black."""
    image = Image.new("RGB", (40, 20), "white")
    image.paste("black", (0, 0, 20, 10))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encode(image, kind, exif=exif)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png_claiming(width: int, height: int, pixels: bytes = b"") -> bytes:
    """Return a grey PNG whose header claims a size that its compressed pixels need not have."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    content = png_chunk(b"IDAT", zlib.compress(pixels, 9)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + content


def jpeg_of_many_scans(side: int, scans: int) -> bytes:
    """Return a progressive JPEG that repeats its last scan.

    A decoder goes through the whole image for each scan.
    """
    data = encode(Image.new("L", (side, side), "white"), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * scans + data[-2:]


def image_files() -> dict[str, ImageFile]:
    """Return odd, damaged and dangerous files by kind; test_any_picture makes ordinary files."""
    photo = Image.fromarray(np.random.default_rng(1).integers(0, 256, (48, 64, 3), dtype=np.uint8))
    palette = photo.quantize(16)
    huge = (65_535, 65_535)
    good = {
        "JPEG with further images": encode(photo, "MPO", save_all=True, append_images=[photo]),
        "JPEG with broken EXIF": encode(
            photo, "JPEG", exif=b"Exif\0\0MM\0\x2a\0\0\0\x08\xff\xff garbage"
        ),
        "JPEG with rubbish behind it": encode(photo, "JPEG") + bytes(range(256)) * 100,
    }
    files = {name: ImageFile(data, shape=(48, 64)) for name, data in good.items()}
    for kind in ("PNG", "JPEG", "WEBP", "GIF"):
        whole = encode(palette if kind == "GIF" else photo, kind)
        files[f"{kind} cut off in its pixels"] = ImageFile(
            whole[: len(whole) // 2], "image_damaged"
        )
        files[f"{kind} cut off at once"] = ImageFile(whole[:2], "not_an_image")
    bad = {
        "not_an_image": {
            "nothing": b"",
            "text": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "TIFF, which is not allowed": encode(photo, "TIFF"),
            "EPS, which runs programs": encode(photo, "EPS"),
            "PNG of no width": png_claiming(0, 10),
        },
        "image_damaged": {
            "PNG with fewer pixels than it claims": png_claiming(3_000, 3_000, bytes(50)),
            "JPEG of a thousand scans": jpeg_of_many_scans(3_000, 1_000),
        },
        "image_too_many_bytes": {
            "more bytes than allowed": encode(photo, "BMP") + bytes(2_000_001)
        },
        "image_too_many_pixels": {
            "PNG that claims 4 billion pixels": png_claiming(65_000, 65_000),
            "PNG of 100 million real pixels": png_claiming(10_000, 10_000, bytes(100_010_000)),
            "GIF that claims 4 billion pixels": struct.pack("<6sHHBBB", b"GIF89a", *huge, 0, 0, 0)
            + struct.pack("<sHHHHBB", b",", 0, 0, *huge, 0, 2),
            "progressive JPEG of 64 million pixels": encode(
                Image.new("L", (8_000, 8_000)), "JPEG", progressive=True
            ),
        },
    }
    files |= {
        name: ImageFile(data, error) for error, row in bad.items() for name, data in row.items()
    }
    pixels = np.full((3_000, 4_000), 40_000, np.uint16)
    clear = Image.new("RGBA", (4_000, 3_000), (9, 9, 9, 99))
    large = {
        "JPEG of 100 million pixels": (encode(Image.new("L", (10_000, 10_000)), "JPEG"), 1_024),
        "PNG of 12 million pixels of 16 bits": (encode(Image.fromarray(pixels), "PNG"), 768),
        "WebP of 12 million pixels with alpha": (encode(clear, "WEBP", lossless=True), 768),
    }
    return files | {
        name: ImageFile(data, None, (rows, 1_024)) for name, (data, rows) in large.items()
    }


def within_bounds(act: Callable[[], object]) -> None:
    """Call `act`, and check that the call needs no more time and memory than a visitor may use."""
    memory = Path("/proc/self/clear_refs")
    if memory.exists():
        memory.write_text("5")  # resets the peak of the resident memory (proc_pid_clear_refs(5))
    before = _peak_mb()
    began = time.process_time()
    act()
    assert time.process_time() - began < MOST_SECONDS
    assert _peak_mb() - before < MOST_MB


def _peak_mb() -> float:
    status = Path("/proc/self/status")
    return (
        int(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1]) / 1024 if status.exists() else 0.0
    )
