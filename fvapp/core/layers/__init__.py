"""The table of kinds of layers. Each kind has a module named after its Keras class."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from fvapp.core.layer import Layer

_KINDS: list[type[Layer]] = [
    import_module(f"{__name__}.{module.name}").LAYER for module in iter_modules(__path__)
]

LAYERS: Mapping[str, type[Layer]] = {layer.keras_class: layer for layer in _KINDS}
"""All kinds of layers, by the names of their Keras classes."""
