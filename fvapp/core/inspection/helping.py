"""Finds the neurons and feature maps that help an answer, and their responses to an image."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy

from fvapp.core.activations import ACTIVATIONS
from fvapp.core.inspection.network import Network, StepTrace
from fvapp.core.layer import LayerStep, WeightedStep
from fvapp.core.stack import IMAGE_SHAPE

SMOOTHED = 0.6
"""Standard deviation, in pixels, of the Gaussian smoothing of weight changes.

The smoothing makes strokes stand out in a picture of the changes.
"""

LOUD = 0.5
"""Absolute value above which a neuron with tanh or sigmoid counts as firing.

The value of such a neuron is hardly ever exactly 0.
"""


@dataclass(frozen=True)
class UnitHelpRanking:
    """The help of each unit (neuron or filter) of a layer for the network's answer to one image.

    Attributes:
        help_by_unit: float [units]: how much each unit raises the class's logit above the mean
            logit.
        units_by_help: indices of the units, the most helpful first.
        firing_count: number of units that fire.
    """

    help_by_unit: np.ndarray = field(repr=False)
    units_by_help: np.ndarray = field(repr=False)
    firing_count: int

    def help_share_of_top_units(self, first: int) -> float:
        """Return the share of all help that comes from the `first` most helpful units, 0 to 1."""
        positive = np.maximum(self.help_by_unit[self.units_by_help], 0)
        total = positive.sum()
        return float(positive[:first].sum() / total) if total > 0 else 0.0

    def help_of_remaining_units(self, first: int) -> tuple[int, float]:
        """Return the number of further units that fire, and the total help of all further units.

        The further units are all units except the `first` most helpful ones.
        """
        rest = self.help_by_unit[self.units_by_help[first:]]
        return max(0, self.firing_count - first), float(rest.sum())


def logit_weights_for_class_lead(
    classes: int, label: int, against: int | None = None
) -> np.ndarray:
    """Return weights for the logits that make their weighted sum a class's lead.

    The lead is the class's logit minus the mean logit, or minus the logit of the class `against`.
    """
    wanted = np.zeros(classes, np.float32)
    if against is None:
        wanted -= 1 / classes
    else:
        wanted[against] = -1
    wanted[label] += 1
    return wanted


def first_hidden_step(network: Network) -> int | None:
    """Return the index of the network's first hidden dense layer among its steps, or None."""
    return next(
        (place for place, step in enumerate(network.steps[:-1]) if step.shown_as == "neurons"), None
    )


def rank_units(
    network: Network, trace: Sequence[StepTrace], label: int, place: int
) -> UnitHelpRanking:
    """Rank the units of a layer by how much they help a class, for the first image of `trace`.

    The class's lead is its logit minus the mean logit. A unit's help is its value times the slope
    of this lead with respect to the value. In the last hidden layer, the slope is a weight. If the
    mean were not subtracted, units that raise all classes alike would rank highest.
    """
    values, help_ = _unit_values_and_help(network, trace, label, place)
    help_ = help_.reshape(-1, help_.shape[-1]).sum(axis=0)
    loud = values.reshape(-1, values.shape[-1])
    firing = (
        (loud > 0).any(axis=0)
        if is_silent_below_zero(trace[place].step)
        else (np.abs(loud) > LOUD).any(axis=0)
    )
    return UnitHelpRanking(help_, np.argsort(-help_, kind="stable"), int(firing.sum()))


def is_silent_below_zero(step: LayerStep) -> bool:
    """Return whether a layer's units fire only if their value is above 0, as with ReLU."""
    return not step.activation or ACTIVATIONS[step.activation].fires_above_zero


def last_feature_map_step(trace: Sequence[StepTrace]) -> int:
    """Return the index of the last step (layer) of a trace that outputs feature maps."""
    return max(place for place, step_trace in enumerate(trace) if step_trace.values.ndim == 4)


def filter_help_by_place(
    network: Network, trace: Sequence[StepTrace], label: int, place: int
) -> np.ndarray:
    """Return how much each filter helps the class at each place, float [rows, columns, filters]."""
    return _unit_values_and_help(network, trace, label, place)[1]


def _unit_values_and_help(
    network: Network, trace: Sequence[StepTrace], label: int, place: int
) -> tuple[np.ndarray, np.ndarray]:
    first_image = [
        StepTrace(
            step_trace.step, step_trace.inputs[:1], step_trace.sums[:1], step_trace.values[:1]
        )
        for step_trace in trace[place + 1 :]
    ]
    after = Network(tuple(step_trace.step for step_trace in first_image), network.pixel_scale)
    gradients = after.step_input_gradients(
        first_image, logit_weights_for_class_lead(network.class_count, label)[None]
    )
    return first_image[0].inputs[0], first_image[0].inputs[0] * gradients[0][0]


def weighted_pixel_pictures(network: Network, image: np.ndarray) -> np.ndarray:
    """Return an image times the weights of each neuron of the first layer, [neurons, 28, 28].

    The network must begin with Flatten and a dense layer.
    """
    first = network.weighted_steps[0]
    return (first.kernel * network.scale_pixels(image[None]).reshape(-1, 1)).T.reshape(
        -1, *IMAGE_SHAPE
    )


def weight_pictures(kernel: np.ndarray) -> np.ndarray:
    """Return the weights [784, neurons] of the first dense layer as pictures, [neurons, 28, 28]."""
    return kernel.T.reshape(-1, *IMAGE_SHAPE)


def weight_change_pictures(
    kernel: np.ndarray, start: np.ndarray, smoothed: float = SMOOTHED
) -> np.ndarray:
    """Return how training changed the first layer's weights, as pictures [neurons, 28, 28].

    Args:
        kernel: current weights of a dense layer whose input is the image, [784, neurons]; start:
            its weights at the start of the run.
        smoothed: standard deviation of the smoothing in pixels; 0 for no smoothing.
    """
    pictures = weight_pictures(kernel - np.asarray(start, np.float32))
    return scipy.ndimage.gaussian_filter(pictures, (0, smoothed, smoothed))


def signed_feature_maps(trace: StepTrace) -> np.ndarray:
    """Return a convolution's feature maps before bias and activation, [filters, rows, columns].

    The maps are those of the first image of `trace`. The values may be negative. In the first
    convolution, they are 0 where the image is empty.
    """
    step = trace.step
    if not isinstance(step, WeightedStep) or step.shown_as != "maps":
        raise ValueError("not a convolution")
    return (trace.sums[0] - step.bias).transpose(2, 0, 1)
