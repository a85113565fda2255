"""Writes out how one neuron computes its sum: the largest products, the rest, and the bias."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fvapp.core.activations import apply_activation
from fvapp.core.inspection.network import StepTrace
from fvapp.core.layer import WeightedStep

LARGEST = 10
"""Number of products (input times weight) that are written out for a neuron, the largest first.

They make up a third of the total magnitude of a neuron's roughly 116 nonzero products.
"""


@dataclass(frozen=True)
class WeightedInput:
    """An input of a neuron and its weight.

    Attributes:
        input_place: the index of the input, or its row, column and channel in the filter's window.
    """

    input_place: tuple[int, ...]
    input: float
    weight: float

    @property
    def product(self) -> float:
        return self.input * self.weight


@dataclass(frozen=True)
class WrittenSum:
    """The sum that a neuron, or a filter at one place, computes, split into its parts.

    Attributes:
        largest_products: the products of input and weight that are largest in absolute value.
        other_product_count: the number of other products that are not 0.
        other_products_sum: the sum of those other products.
        total: the sum of all products and the bias.
        neuron_value: the total after the activation.
    """

    largest_products: tuple[WeightedInput, ...]
    other_product_count: int
    other_products_sum: float
    bias: float
    total: float
    activation: str
    neuron_value: float


def write_out_sum(trace: StepTrace, unit: int, at: tuple[int, int] | None = None) -> WrittenSum:
    """Write out the sum of one neuron or filter for the first image of `trace`.

    Args:
        unit: index of the neuron or filter.
        at: row and column in a convolution's feature map; None for a neuron.
    """
    step = trace.step
    if not isinstance(step, WeightedStep):
        raise ValueError("a step without weights has no sum")

    inputs, weights = step.unit_inputs_and_weights(trace.inputs, unit, at)
    values = (inputs * weights).astype(float)
    order = np.argsort(-np.abs(values), axis=None, kind="stable")
    order = order[: int(np.count_nonzero(values))]
    shown = [np.unravel_index(place, values.shape) for place in order[:LARGEST]]
    rest = values.ravel()[order[LARGEST:]]
    total = float(values.sum() + step.bias[unit])

    return WrittenSum(
        largest_products=tuple(
            WeightedInput(tuple(map(int, p)), float(inputs[p]), float(weights[p])) for p in shown
        ),
        other_product_count=len(rest),
        other_products_sum=float(rest.sum()),
        bias=float(step.bias[unit]),
        total=total,
        activation=step.activation,
        neuron_value=float(apply_activation(step.activation, np.array(total))),
    )


def unflattened_input_shape(trace: Sequence[StepTrace], place: int) -> tuple[int, ...]:
    """Return the shape of a dense step's inputs before they were flattened.

    The shape is (rows, columns, channels) for an image or feature maps, and (neurons,) otherwise.
    """
    before = trace[place - 1] if place else None
    inputs = before.inputs if before and before.step.only_reshapes else trace[place].inputs
    return inputs.shape[1:]
