"""The code of the model: its layers, and the layers that vary the training images."""

import json
from collections.abc import Callable

from fvapp.core.augmentation import AUGMENTATION
from fvapp.core.layers import IMAGE_SHAPE, Layer, describe_layers
from fvapp.core.settings import RunSettings
from fvapp.core.templates import render

Translate = Callable[..., str]


def model_code(settings: RunSettings, t: Translate) -> str:
    """Return the code that builds the model, with the parameters of each layer in the language of `t`."""
    values = {"settings": settings, "layers": describe_layers(settings), "call": _keras_call}
    return render("fvapp.core.export", "model.jinja", t=t, shape=IMAGE_SHAPE, amounts=AUGMENTATION, **values)


def _keras_call(layer: Layer) -> str:
    name, given, named = layer.keras
    # JSON writes numbers and texts as Python does, texts in the double quotes of the rest of the code.
    arguments = [*map(str, given), *(f"{key}={json.dumps(value)}" for key, value in named.items())]
    return f"keras.layers.{name}({', '.join(arguments)})"
