"""One neuron opened: its sum written out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fvapp.core.activations import activate
from fvapp.core.inspection.network import Passed
from fvapp.core.layer import WeightedStep

LARGEST = 10
"""How many products are written out; of about 116 that are not 0 they are a third of the sum of
their sizes.
"""


@dataclass(frozen=True)
class Product:
    """An input times its weight; `place` is the number of the input, or its row, column and channel
    in a window.
    """

    place: tuple[int, ...]
    input: float
    weight: float

    @property
    def value(self) -> float:
        return self.input * self.weight


@dataclass(frozen=True)
class WrittenSum:
    """The sum of a neuron, or of a filter at one place.

    Attributes:
        largest: the largest products by size.
        others: how many more are not 0; others_sum: what they come to.
        total: products and bias together.
        value: of the neuron: the activation of the total.
    """

    largest: tuple[Product, ...]
    others: int
    others_sum: float
    bias: float
    total: float
    activation: str
    value: float


def write_out(passed: Passed, unit: int, at: tuple[int, int] | None = None) -> WrittenSum:
    """Write out the sum of one neuron or filter for the first image that passed.

    Args:
        unit: number of the neuron or filter.
        at: row and column of a convolution's map.
    """
    step = passed.step
    if not isinstance(step, WeightedStep):
        raise ValueError("a step without weights has no sum")
    inputs, weights = step.products(passed.inputs, unit, at)
    values = (inputs * weights).astype(float)
    order = np.argsort(-np.abs(values), axis=None, kind="stable")
    order = order[: int(np.count_nonzero(values))]
    shown = [np.unravel_index(place, values.shape) for place in order[:LARGEST]]
    rest = values.ravel()[order[LARGEST:]]
    total = float(values.sum() + step.bias[unit])
    return WrittenSum(
        largest=tuple(
            Product(tuple(map(int, p)), float(inputs[p]), float(weights[p])) for p in shown
        ),
        others=len(rest),
        others_sum=float(rest.sum()),
        bias=float(step.bias[unit]),
        total=total,
        activation=step.activation,
        value=float(activate(step.activation, np.array(total))),
    )


def input_shape(passed: Sequence[Passed], place: int) -> tuple[int, ...]:
    """Return the shape in which the inputs of a dense step lay before they became a row.

    Rows, columns and channels of an image or of maps; of neurons just their number.
    """
    before = passed[place - 1] if place else None
    inputs = before.inputs if before and before.step.rearranges else passed[place].inputs
    return inputs.shape[1:]
