"""The twelve test images that trainings are watched by, as pages show them."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image

from fvapp.core.datasets.twelve import TWELVE, twelve_images
from fvapp.ui.parts.data_sets import open_dataset


@cache
def twelve_pictures(dataset: str) -> tuple[tuple[int, ...], str]:
    """Return the labels of the images, and all of them beside each other as the address of a PNG.

    Raises:
        DatasetError: the data set cannot be read.
    """
    data, file = open_dataset(dataset), BytesIO()
    Image.fromarray(np.hstack(list(twelve_images(data)))).save(file, "PNG")
    labels = np.asarray(data.y_test)[list(TWELVE[dataset])].tolist()
    return tuple(labels), f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"
