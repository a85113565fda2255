"""Writes the Keras code of a model, including the layers that augment the training images."""

import json
from collections.abc import Sequence
from itertools import takewhile

from fvapp.core.augmentation import AUGMENTATION
from fvapp.core.layer import Layer
from fvapp.core.settings import RunSettings
from fvapp.core.stack import IMAGE_SHAPE, describe_layers
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate


def model_code(settings: RunSettings, t: Translate) -> str:
    """Return Keras code that builds the model, with comments in the language of `t`."""
    layers = describe_layers(settings)
    return render_template(
        "fvapp.core.export",
        "model.jinja",
        t=t,
        shape=IMAGE_SHAPE,
        amounts=AUGMENTATION,
        settings=settings,
        layers=layers,
        lent=_borrowed_layers(layers),
        call=_keras_call,
    )


def _borrowed_layers(layers: Sequence[Layer]) -> list[Layer]:
    """Return the frozen first layers of a network, whose weights come from a shipped model."""
    if not any(layer.is_frozen for layer in layers):
        return []
    return list(
        takewhile(
            lambda layer: layer.is_frozen or not (layer.parameter_count or layer.dropout_rate),
            layers,
        )
    )


def _keras_call(layer: Layer) -> str:
    name, given, named = layer.keras_call
    # JSON writes numbers as Python does, and writes strings in double quotes, like the rest of the
    # exported code.
    arguments = [*map(str, given), *(f"{key}={json.dumps(value)}" for key, value in named.items())]
    return f"keras.layers.{name}({', '.join(arguments)})"
