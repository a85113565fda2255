"""The table of layers: a module for each kind, named after its class in Keras, with its row and
what computes it.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from fvapp.core.layer import Layer

_KINDS: list[type[Layer]] = [
    import_module(f"{__name__}.{module.name}").LAYER for module in iter_modules(__path__)
]

LAYERS: Mapping[str, type[Layer]] = {layer.keras_class: layer for layer in _KINDS}
"""Every kind of layer, by the name of its class in Keras."""
