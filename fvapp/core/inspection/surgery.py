"""Switches off neurons or filters, and measures how well a network still works."""

from dataclasses import dataclass, field, replace

import numpy as np

from fvapp.core.inspection.helping import logit_weights_for_class_lead
from fvapp.core.inspection.network import Network


@dataclass(frozen=True)
class UnitContributions:
    """The contributions of the last hidden layer's units to the logits of labelled images.

    A unit is a neuron if the last hidden layer is dense, and a filter if it is convolutional.
    Without hidden layers, each pixel is a unit.

    Attributes:
        unit_values: [n, inputs], float16 or float32: the values of neurons, or what each filter
            contributes to each class.
        kernel: [inputs, classes], unit by unit, with the same number of rows for each unit.
        bias: [classes].
        labels: [n].
        unit_count: the number of units.
    """

    unit_values: np.ndarray = field(repr=False)
    kernel: np.ndarray = field(repr=False)
    bias: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)
    unit_count: int

    def logits_without_units(self, off: np.ndarray) -> np.ndarray:
        """Return the logits [n, classes] with the units whose indices are in `off` switched off."""
        kernel = self.kernel.reshape(self.unit_count, -1, self.kernel.shape[1]).copy()
        kernel[off] = 0
        return (
            self.unit_values.astype(np.float32, copy=False) @ kernel.reshape(self.kernel.shape)
            + self.bias
        )


@dataclass(frozen=True)
class AblationResult:
    """A network's accuracy, and its recall of one class, with some units switched off.

    The recall is nan if no image has this class.
    """

    switched_off_unit_count: int
    accuracy: float
    recall: float


def count_units(network: Network) -> int:
    """Return how many units (neurons or filters) of the last hidden layer can be switched off."""
    return _count_last_convolution_filters(network) or len(network.last_step.kernel)


def unit_values(network: Network, features: np.ndarray) -> np.ndarray:
    """Return the values of the last hidden layer's units for some images, float32 [n, inputs].

    For filters, these are the contributions of each filter to each class, summed over its feature
    map. For 2,000 images, they take a third of the memory of the feature maps.

    Args:
        features: the result of :meth:`Network.last_step_inputs`, [n, inputs of the last step].
    """
    filters = _count_last_convolution_filters(network)
    if not filters:
        return features
    kernel = network.last_step.kernel.reshape(-1, filters, network.class_count)
    given = np.einsum(
        "npf,pfc->nfc", features.reshape(len(features), -1, filters), kernel, optimize=True
    )
    return given.reshape(len(features), -1)


def unit_contributions(
    network: Network, values: np.ndarray, labels: np.ndarray
) -> UnitContributions:
    """Return the contributions of units to logits, given the result of :func:`unit_values`."""
    filters = _count_last_convolution_filters(network)
    kernel = (
        np.tile(np.eye(network.class_count, dtype=np.float32), (filters, 1))
        if filters
        else network.last_step.kernel
    )
    return UnitContributions(values, kernel, network.last_step.bias, labels, count_units(network))


def rank_units_by_class_help(parts: UnitContributions, label: int) -> np.ndarray:
    """Return unit indices, sorted by how much each unit helps a class on images of this class."""
    own = parts.labels == label
    means = parts.unit_values[own if own.any() else slice(None)].mean(axis=0, dtype=np.float32)
    given = means * (parts.kernel @ logit_weights_for_class_lead(parts.kernel.shape[1], label))
    return np.argsort(-given.reshape(parts.unit_count, -1).sum(axis=1), kind="stable")


def shuffle_units(units: int, seed: int) -> np.ndarray:
    """Return the indices of all units (neurons or filters) in random order."""
    return np.random.default_rng(seed).permutation(units)


def ablate_units(
    parts: UnitContributions, order: np.ndarray, off: int, label: int
) -> AblationResult:
    """Return accuracy and a class's recall with the first `off` units of `order` switched off."""
    answers = parts.logits_without_units(order[:off]).argmax(axis=1)
    own = parts.labels == label
    recall = float(np.mean(answers[own] == label)) if own.any() else float("nan")
    return AblationResult(off, float(np.mean(answers == parts.labels)), recall)


def ablated_logits(network: Network, image: np.ndarray, off: np.ndarray) -> np.ndarray:
    """Return an image's logits [classes] with the units whose indices are in `off` switched off."""
    values = unit_values(network, network.last_step_inputs(image[None]))
    return unit_contributions(network, values, np.zeros(1, int)).logits_without_units(off)[0]


def remove_units(network: Network, off: np.ndarray) -> Network:
    """Return a dense network in which the units whose indices are in `off` contribute nothing."""
    kernel = network.last_step.kernel.copy()
    kernel[off] = 0
    silenced = replace(network.last_step, kernel=kernel)
    return replace(network, steps=(*network.steps[:-1], silenced))


def _count_last_convolution_filters(network: Network) -> int:
    """Return the number of filters in the last convolution, or 0 if a hidden layer follows it."""
    if (
        len(network.steps) < 2
        or not network.steps[-2].only_reshapes
        or not network.is_convolutional
    ):
        return 0
    return len(network.weighted_steps[-2].bias)
