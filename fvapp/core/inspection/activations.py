"""The activations of the table of settings, and their slopes."""

from __future__ import annotations

import numpy as np
from scipy.special import expit


def activate(name: str, sums: np.ndarray) -> np.ndarray:
    """Return what an activation makes of sums; an empty name or "linear" leaves them as they are."""
    match name:
        case "relu":
            return np.maximum(sums, 0)
        case "tanh":
            return np.tanh(sums)
        case "sigmoid":
            return expit(sums)
        case "elu":
            return np.where(sums > 0, sums, np.expm1(np.minimum(sums, 0)))
        case "" | "linear":
            return sums
    raise ValueError(f"unknown activation: {name}")


def slope(name: str, sums: np.ndarray) -> np.ndarray:
    """Return the derivative of an activation at sums; of ReLU at 0 it is 0, as in TensorFlow."""
    match name:
        case "relu":
            return (sums > 0).astype(sums.dtype)
        case "tanh":
            return 1 - np.tanh(sums) ** 2
        case "sigmoid":
            return expit(sums) * (1 - expit(sums))
        case "elu":
            return np.exp(np.minimum(sums, 0))
        case "" | "linear":
            return np.ones_like(sums)
    raise ValueError(f"unknown activation: {name}")
