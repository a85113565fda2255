"""The code of the model: its layers, and the layers that vary the training images."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fvapp.core.augmentation import AUGMENTATION
from fvapp.core.layers import IMAGE_SHAPE, Layer, describe_layers
from fvapp.core.settings import RunSettings
from fvapp.core.templates import comment

Translate = Callable[..., str]


def model_code(settings: RunSettings, t: Translate) -> str:
    """Return the code that builds the model, with the parameters of each layer in the language of `t`."""
    rows = [(f"keras.Input({IMAGE_SHAPE})", "")]
    if settings.augmentation:
        rows.append(("augmentation", ""))
    rows += [(_keras_call(layer), _comment(layer, t)) for layer in describe_layers(settings)]
    model = _sequential("model", rows)
    return f"{augmentation_code(t)}\n\n{model}" if settings.augmentation else model


def augmentation_code(t: Translate) -> str:
    """Return the code of the layers that vary each image; Keras lets them work only in training."""
    amounts = AUGMENTATION
    height, width = IMAGE_SHAPE
    fill = 'fill_mode="constant"'
    layers = [
        f"keras.layers.Reshape(({height}, {width}, 1))",
        f"keras.layers.RandomRotation({amounts.degrees / 360:.3f}, {fill})",
        f"keras.layers.RandomShear({amounts.shear}, {fill})",
        f"keras.layers.RandomZoom({amounts.stretch}, {amounts.stretch}, {fill})",
        f"keras.layers.RandomTranslation({amounts.shift}, {amounts.shift}, {fill})",
        f"keras.layers.Reshape(({height}, {width}))",
    ]
    rows = [(layer, "") for layer in layers]
    return comment(t("export.augmentation")) + _sequential("augmentation", rows, ',\n    name="augmentation",')


def _sequential(variable: str, rows: Sequence[tuple[str, str]], arguments: str = "") -> str:
    lines = [f"        {code},{f'  # {remark}' if remark else ''}" for code, remark in rows]
    return "\n".join([f"{variable} = keras.Sequential(", "    [", *lines, f"    ]{arguments}", ")"])


def _keras_call(layer: Layer) -> str:
    name, given, named = layer.keras
    arguments = [*map(str, given), *(f'{key}="{value}"' for key, value in named.items())]
    return f"keras.layers.{name}({', '.join(arguments)})"


def _comment(layer: Layer, t: Translate) -> str:
    if layer.kind == "flatten":
        return t("export.flatten", shape=" x ".join(map(str, layer.input_shape)), n=f"{layer.output_shape[0]:,}")
    return t("export.parameters", n=f"{layer.parameters:,}") if layer.parameters else ""
