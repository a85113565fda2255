"""The activations of the table of settings, and their slopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

_Function = Callable[[np.ndarray], np.ndarray]


def _sigmoid(sums: np.ndarray) -> np.ndarray:
    return (1 + np.tanh(sums / 2)) / 2  # 1 / (1 + exp(-x)), which overflows for large -x


_ACTIVATIONS: Mapping[str, tuple[_Function, _Function]] = {
    "relu": (lambda sums: np.maximum(sums, 0), lambda sums: (sums > 0).astype(sums.dtype)),
    "tanh": (np.tanh, lambda sums: 1 - np.tanh(sums) ** 2),
    "sigmoid": (_sigmoid, lambda sums: _sigmoid(sums) * (1 - _sigmoid(sums))),
    "elu": (
        lambda sums: np.where(sums > 0, sums, np.expm1(np.minimum(sums, 0))),
        lambda sums: np.exp(np.minimum(sums, 0)),
    ),
    "": (lambda sums: sums, np.ones_like),
}
"""Each with its derivative."""


def activate(name: str, sums: np.ndarray) -> np.ndarray:
    """Return what an activation makes of sums; an empty name leaves them as they are."""
    return _ACTIVATIONS[name][0](sums)


def slope(name: str, sums: np.ndarray) -> np.ndarray:
    """Return the derivative of an activation at sums; of ReLU at 0 it is 0, as in TensorFlow."""
    return _ACTIVATIONS[name][1](sums)
