"""Draws an animated GIF to take home, which shows how a network learned to read a drawing."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fvapp.core.colours import EDGE, INK, PAPER, RIGHT, TRAINING, WRONG
from fvapp.core.datasets import (
    DATASETS,
    Dataset,
    DatasetInfo,
    image_text_lines,
    twelve_image_indices,
    twelve_images,
)
from fvapp.core.inspection import Network
from fvapp.core.texts.signs import SHOWN_GAP

_SIZE = (560, 336)
_MOMENT = 450  # milliseconds for which the GIF shows each network except the last
_LAST = 3_000
_COLOURS = 48
_MOST_BARS = 10


def can_draw_gif(info: DatasetInfo) -> bool:
    """Return whether the GIF font has every character of a text data set; True for pictures."""
    return info.text is None or info.text.signs.isascii()


def learning_gif(image: np.ndarray, dataset: Dataset, networks: Sequence[Network]) -> bytes:
    """Return an animated GIF of how the networks of a training run classify an image.

    The GIF shows the image, the share of each class, and the fixed twelve test images. It needs no
    language: a class with a one-letter name is labelled with its name, and any other class with a
    test image. Of more than ten classes, only the ten with the highest shares at the end are shown.
    An image of text (a text strip) has its text below it.

    Args:
        image: uint8 [28, 28].
        networks: the networks after successive steps of one training run; the last network is
            finished.
    """
    twelve = twelve_images(dataset)
    truth = dataset.y_test[twelve_image_indices(dataset)]
    at_end = networks[-1].logits(image[None])[0, : DATASETS[dataset.name].class_count]
    kept = sorted(np.argsort(-at_end)[:_MOST_BARS].tolist())
    whole = _draw_gif_background(image, dataset, kept)

    pictures = []
    for number, network in enumerate(networks, start=1):
        logits = network.logits(np.concatenate([image[None], twelve]))
        found = network.to_shares(logits[:1])[0, kept]
        right = logits[1:].argmax(axis=1) == truth
        pictures.append(_draw_gif_frame(whole.copy(), found, twelve, right, number / len(networks)))
    first, *others = (picture.quantize(_COLOURS, dither=Image.Dither.NONE) for picture in pictures)
    file = BytesIO()
    durations = [_MOMENT] * len(others) + [_LAST]
    first.save(file, "GIF", save_all=True, append_images=others, duration=durations, loop=0)
    return file.getvalue()


def _draw_gif_background(image: np.ndarray, dataset: Dataset, kept: Sequence[int]) -> Image.Image:
    """Return the background of all frames: the image, and the label of a class under each bar."""
    whole = Image.new("RGB", _SIZE, PAPER)
    whole.paste(_enlarge_image(image, 7), (20, 20))
    pen = ImageDraw.Draw(whole)
    font = ImageFont.load_default(size=18)
    names = DATASETS[dataset.name].english_names
    (line,) = image_text_lines([image], dataset.name)
    pen.text((20, 220), line, INK, ImageFont.load_default(size=15))
    for place, label in enumerate(kept):
        name = names[label].replace(SHOWN_GAP, "_")  # `SHOWN_GAP` is missing from the font
        left = _bar_left_edge(place)
        if len(name) == 1 and name.isascii():
            pen.text((left + 12, 205), name, INK, font, anchor="mm")
        elif len(of_class := np.flatnonzero(dataset.y_test[:1_000] == label)):
            whole.paste(_enlarge_image(dataset.x_test[of_class[0]], 1), (left - 1, 190))

    return whole


def _bar_left_edge(place: int) -> int:
    """Return the x coordinate, in pixels, of the left edge of bar number `place`, from 0."""
    return 238 + 31 * place


def _draw_gif_frame(
    whole: Image.Image, found: np.ndarray, twelve: np.ndarray, right: np.ndarray, passed: float
) -> Image.Image:
    pen = ImageDraw.Draw(whole)
    font = ImageFont.load_default(size=22)
    for place, share in enumerate(found):
        left = _bar_left_edge(place)
        colour = TRAINING if place == found.argmax() else EDGE
        pen.rectangle((left, 178 - int(128 * share), left + 24, 180), colour)
        if place == found.argmax():
            pen.text(
                (left + 12, 162 - int(128 * share)), f"{100 * share:.0f}%", INK, font, anchor="mm"
            )

    for number, (image, is_right) in enumerate(zip(twelve, right, strict=True)):
        left = 20 + 44 * number
        pen.rectangle((left, 244, left + 35, 279), RIGHT if is_right else WRONG)
        whole.paste(_enlarge_image(image, 1), (left + 4, 248))
    pen.rectangle((20, 304, 540, 310), EDGE)
    pen.rectangle((20, 304, 20 + int(520 * passed), 310), TRAINING)
    return whole


def _enlarge_image(image: np.ndarray, times: int) -> Image.Image:
    return Image.fromarray(np.kron(np.asarray(image), np.ones((times, times), np.uint8)))
