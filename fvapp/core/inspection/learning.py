"""Shows how a dense network learns step by step, by plain gradient descent in NumPy.

Loss and slopes (gradients) equal those of Keras' `sparse_categorical_crossentropy` and TensorFlow's
`GradientTape`, without dropout and without a calibrated temperature. A step equals a step of
`keras.optimizers.SGD` without momentum. For the sums z of the last layer and the label y: loss =
log(sum(exp(z))) - z[y], and its slope with respect to z is softmax(z) - onehot(y). The slopes of
earlier layers follow from the chain rule (Rumelhart, Hinton and Williams, Nature 323, 1986). All
numbers are float32.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import scipy

from fvapp.core.activations import ACTIVATIONS, apply_activation
from fvapp.core.answers import softmax_shares
from fvapp.core.errors import ModelError
from fvapp.core.inspection.frames import MOST_PARAMETERS
from fvapp.core.inspection.network import Network, StepTrace
from fvapp.core.layer import LayerStep, WeightedStep

HIGHEST_RATE = 64.0
"""Learning rate at which the search for a rate that is too high stops doubling the rate."""

LEAST_CHANGE = 0.005
"""Smallest change of the loss that counts; a smaller change may not show in two decimal places."""

FIRST = 1
"""Index of a dense network's first dense step; the step before it only flattens the images."""

_WIDEST = 4.0  # maximum change of a weight, up or down, at the edge of its loss curve
_NARROWEST = 0.6  # minimum change of a weight, up or down, at the edge of its loss curve
# Change of the loss along the tangent from the middle of a loss curve to its end, unless this
# would make the curve wider or narrower than the limits above.
_LOSS_ASIDE = 2.2
_HALVINGS = 6


def require_teachable_network(network: Network, classes: int) -> None:
    """Raise an error unless the network can be taught step by step and has one output per class.

    Raises:
        ModelError: ``learning_convolutional``: the network has layers other than dense ones;
            ``learning_raw_pixels``: its pixels are not normalised; ``learning_outputs``: it does
            not have exactly one output per class; ``learning_wide``: it has too many parameters.
    """
    flatten, *dense = network.steps
    if not (flatten.only_reshapes and all(step.shown_as == "neurons" for step in dense)):
        raise ModelError("learning_convolutional")
    # With pixels from 0 to 255, losses are several hundred, and one training step at the usual
    # learning rate ruins the network.
    if network.pixel_scale == 1:
        raise ModelError("learning_raw_pixels")
    if network.class_count != classes:
        raise ModelError("learning_outputs", outputs=network.class_count, classes=classes)
    if network.parameter_count > MOST_PARAMETERS:
        raise ModelError(
            "learning_wide", parameters=f"{network.parameter_count:,}", most=f"{MOST_PARAMETERS:,}"
        )


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the cross-entropy of each image, [n], from logits [n, classes] and labels, int [n]."""
    return -scipy.special.log_softmax(logits, axis=1)[np.arange(len(labels)), labels]


def loss_gradients(trace: Sequence[StepTrace], labels: np.ndarray) -> list[np.ndarray]:
    """Return the slope of the mean loss with respect to the sums of each step, [n, neurons].

    The list has an array for each step; the array for Flatten is empty, [0]. If `blame` is the
    array for a step, the slope with respect to the step's weights is inputs.T @ blame, [inputs,
    neurons]. The slope with respect to its biases is blame.sum(axis=0), [neurons].

    Args:
        labels: labels of the images in `trace`, int [n].
    """
    blame = softmax_shares(trace[-1].sums).astype(np.float32)
    blame[np.arange(len(blame)), labels] -= 1
    blame /= len(blame)
    found: list[np.ndarray] = [blame]
    for before, after in zip(trace[-2:0:-1], trace[:FIRST:-1], strict=True):
        blame = (
            blame
            @ _require_weighted_step(after.step).kernel.T
            * ACTIVATIONS[before.step.activation].derivative(before.sums)
        )
        found.append(blame)
    return [np.zeros(0, np.float32), *found[::-1]]


def count_nonzero_slopes(trace: Sequence[StepTrace], labels: np.ndarray) -> int:
    """Return how many weights and biases have a nonzero slope, for a trace of one image."""
    pairs = zip(trace[FIRST:], loss_gradients(trace, labels)[FIRST:], strict=True)
    return int(
        sum(
            (1 + np.count_nonzero(step_trace.inputs)) * np.count_nonzero(blame)
            for step_trace, blame in pairs
        )
    )


def network_after_step(
    network: Network, trace: Sequence[StepTrace], labels: np.ndarray, rate: float
) -> Network:
    """Return a copy of the network after one step of gradient descent: weight - rate * slope."""
    copied = copy_network(network)
    take_gradient_step(copied, trace, labels, rate)
    return copied


def copy_network(network: Network) -> Network:
    """Return a copy of a network whose weights :func:`take_gradient_step` may change."""
    copies = (
        replace(step, kernel=step.kernel.copy(), bias=step.bias.copy())
        for step in network.weighted_steps
    )
    return replace(network, steps=(network.steps[0], *copies))


def take_gradient_step(
    network: Network, trace: Sequence[StepTrace], labels: np.ndarray, rate: float
) -> list[np.ndarray]:
    """Take one gradient descent step in place, and return the result of :func:`loss_gradients`.

    Args:
        network: a copy from :func:`copy_network`. The original must not change, because visitors
            share it.
        trace: the trace of the images with the current weights.
    """
    found = loss_gradients(trace, labels)
    for step, step_trace, blame in zip(
        network.weighted_steps, trace[FIRST:], found[FIRST:], strict=True
    ):
        push = np.float32(-rate) * blame
        if len(push) == 1:  # with one image, the weights of black pixels do not change
            rows = np.flatnonzero(step_trace.inputs[0])
            step.kernel[rows] += step_trace.inputs[0, rows, None] * push[0]
        else:
            step.kernel[...] += step_trace.inputs.T @ push
        step.bias[...] += push.sum(axis=0)
    return found


@dataclass(frozen=True)
class SingleWeight:
    """One weight of a network, and the loss of one image as a function of this weight alone.

    Attributes:
        step: index of the layer in the network's steps; source, target: the weight's row and column
            in the layer's kernel.
        value: the weight's current value.
        given: the input that the weight is multiplied by.
        slope: the slope of the loss at the weight's current value.
        span: how far the curves `losses` and `shares` (of the label), each [points], reach above
            and below the weight's current value.
    """

    step: int
    source: int
    target: int
    value: float
    given: float
    slope: float
    span: float
    losses: np.ndarray = field(repr=False)
    shares: np.ndarray = field(repr=False)


def logits_with_shifted_weight(
    trace: Sequence[StepTrace], place: int, source: int, target: int, shifts: np.ndarray
) -> np.ndarray:
    """Return the logits with one weight shifted by each of `shifts`: [n, shifts, classes].

    n is the number of images in `trace`. A shifted weight changes only one sum of its layer, so
    only later layers are computed again.
    """
    step_trace = trace[place]
    sums = np.repeat(step_trace.sums[:, None], len(shifts), axis=1)
    sums[:, :, target] += step_trace.inputs[:, source, None] * shifts.astype(np.float32)
    flat = sums.reshape(-1, sums.shape[-1])
    return _logits_from_sums(
        [_require_weighted_step(after.step) for after in trace[place:]], flat
    ).reshape(*sums.shape[:2], -1)


def _require_weighted_step(step: LayerStep) -> WeightedStep:
    if not isinstance(step, WeightedStep):
        raise TypeError(step.kind)
    return step


def _logits_from_sums(steps: Sequence[WeightedStep], sums: np.ndarray) -> np.ndarray:
    """Return the logits that `steps` compute, given the sums of the first step, [n, neurons]."""
    for before, step in pairwise(steps):
        sums = step.compute_sums(apply_activation(before.activation, sums))
    return sums


def probe_single_weight(
    trace: Sequence[StepTrace], label: int, place: int, source: int, target: int, points: int = 121
) -> SingleWeight:
    """Return how changes of one weight affect the loss of the only image in `trace`."""
    given = float(trace[place].inputs[0, source])
    slope = given * float(loss_gradients(trace, np.array([label]))[place][0, target])
    span = float(np.clip(_LOSS_ASIDE / abs(slope), _NARROWEST, _WIDEST)) if slope else _NARROWEST
    logits = logits_with_shifted_weight(
        trace, place, source, target, np.linspace(-span, span, points)
    )[0]
    value = float(_require_weighted_step(trace[place].step).kernel[source, target])
    found = cross_entropy(logits, np.full(points, label)), softmax_shares(logits)[:, label]
    return SingleWeight(
        place,
        source,
        target,
        value,
        given,
        slope,
        span,
        *(curve.astype(np.float32) for curve in found),
    )


def train_on_one_image(
    network: Network,
    image: np.ndarray,
    label: int,
    rate: float,
    others: np.ndarray,
    until: float,
    most: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Train a network on one image, until its label has the share `until` or after `most` steps.

    A step changes the first kernel by the outer product of the image and a vector `push`. The first
    layer's sums for another image then change by the dot product of the two images times `push`, so
    no image needs to be multiplied with the first kernel again.

    Args:
        image: uint8 [28, 28].
        others: pixels of other images from :meth:`Network.scale_pixels`, [n, 28, 28, 1].

    Returns:
        The label's share, [steps + 1], and the answers to the other images, int [steps + 1, n],
        each after 0, 1, 2, ... steps.
    """
    copied = copy_network(network)
    labels = np.array([label])
    dense = copied.weighted_steps
    pixels = copied.scale_pixels(image[None])
    flat = others.reshape(len(others), -1)
    alike = flat @ pixels.reshape(-1) + 1  # dot products of the images; + 1 for the bias
    sums = dense[0].compute_sums(flat)
    found: list[float] = []
    answers = []
    for step in range(most + 1):
        trace = copied.trace_pixels(pixels)
        found.append(float(softmax_shares(trace[-1].sums)[0, label]))
        answers.append(_logits_from_sums(dense, sums).argmax(axis=1))
        if found[-1] >= until or step == most:
            break
        push = np.float32(-rate) * take_gradient_step(copied, trace, labels, rate)[FIRST][0]
        sums += alike[:, None] * push

    return np.array(found), np.stack(answers)


def try_learning_rates(
    network: Network,
    trace: Sequence[StepTrace],
    labels: np.ndarray,
    others: np.ndarray,
    other_labels: np.ndarray,
    count: int = 41,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the loss after one training step, for a range of learning rates that starts at 0.

    The range ends at a rate that is a little too high.

    All weights, and so the sums of the first layer, change in proportion to the rate. Therefore no
    image is multiplied with the first kernel more than twice.

    Args:
        trace, labels: the trace and the labels of the images used for the step.
        others, other_labels: pixels of other images, [n, 28, 28, 1], and the images' labels.

    Returns:
        The rates, starting from 0; the mean loss of the step's images after the step; and the mean
        loss of the other images; each [rates].
    """
    found = loss_gradients(trace, labels)
    flat = others.reshape(len(others), -1)
    first, *after = network.weighted_steps
    pixels = trace[FIRST].inputs
    # X @ (inputs.T @ blame) equals (X @ inputs.T) @ blame, which takes far fewer multiplications.
    own_line = first.compute_sums(pixels), (pixels @ pixels.T + 1) @ found[FIRST]
    other_line = first.compute_sums(flat), (flat @ pixels.T + 1) @ found[FIRST]
    pairs = zip(trace[FIRST + 1 :], found[FIRST + 1 :], strict=True)
    later = [(step_trace.inputs.T @ blame, blame.sum(axis=0)) for step_trace, blame in pairs]

    def mean_loss(rate: float, line: tuple[np.ndarray, np.ndarray], labels: np.ndarray) -> float:
        by = np.float32(rate)
        steps = [
            replace(step, kernel=step.kernel - by * slopes, bias=step.bias - by * bias)
            for step, (slopes, bias) in zip(after, later, strict=True)
        ]
        return float(
            cross_entropy(_logits_from_sums([first, *steps], line[0] - by * line[1]), labels).mean()
        )

    rates = np.linspace(
        0, 1.12 * _first_worsening_rate(lambda rate: mean_loss(rate, own_line, labels)), count
    )
    own, rest = (
        [mean_loss(rate, line, truth) for rate in rates]
        for line, truth in ((own_line, labels), (other_line, other_labels))
    )
    return rates, np.array(own), np.array(rest)


def _first_worsening_rate(loss: Callable[[float], float]) -> float:
    """Return roughly the lowest learning rate with which a training step fails to reduce the loss.

    If all rates that are tried reduce the loss, return the highest rate.
    """
    start = loss(0.0)
    high = 0.02
    while high < HIGHEST_RATE and loss(high) < start:
        high *= 2
    low = high / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if loss(middle) < start else (low, middle)
    return high


def classify_learning_rates(
    rates: np.ndarray, own: np.ndarray, rest: np.ndarray
) -> dict[str, object]:
    """Classify the rates of :func:`try_learning_rates` by their effect on the loss.

    Returns:
        `best` and `theirs`: indices of the best rate for the step's images and for the other
        images. `best` is 0 if the loss hardly falls, or if it still falls at the highest rate.
        `kinds`: for each rate, "small", "good" or "large"; "worse" if it raises the loss of the
        step's images; or "others" if it raises only the loss of the other images.
    """
    best = int(own.argmin())
    theirs = int(rest.argmin())
    gain = own[0] - own[best]
    if gain < LEAST_CHANGE or rates[best] >= HIGHEST_RATE:
        best = 0
    above = [
        ("worse", own > own[0] + LEAST_CHANGE),
        ("others", rest > rest[0] + LEAST_CHANGE),
        ("good", own[0] - own > gain / 2),
    ]
    kinds = np.select([which for _, which in above], [name for name, _ in above], "large")
    kinds[:best][kinds[:best] == "large"] = "small"
    return {"best": best, "theirs": theirs, "kinds": kinds.tolist()}


def learn_images_once(
    network: Network, images: np.ndarray, labels: np.ndarray, rate: float, at_once: int
) -> Network:
    """Return the network after one pass over images [n, 28, 28], with `at_once` images per step."""
    copied = copy_network(network)
    for begin in range(0, len(images), at_once):
        some = slice(begin, begin + at_once)
        take_gradient_step(copied, copied.trace_images(images[some]), labels[some], rate)
    return copied
