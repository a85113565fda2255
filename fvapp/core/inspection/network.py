"""Represents a network as a list of steps (layers) that NumPy computes forwards and backwards.

Batch normalisation is folded into the convolution before it. Dropout is left out, because it has no
effect after training.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from fvapp.core.activations import ACTIVATIONS, apply_activation
from fvapp.core.answers import softmax_shares
from fvapp.core.layer import LayerStep, WeightedStep
from fvapp.core.stack import IMAGE_SHAPE

BATCH_SIZE = 500
"""Number of images that a dense network classifies at a time; larger batches are no faster."""

BATCH_SIZE_CONVOLUTIONAL = 50
"""Number of images that a network with convolutions classifies at a time.

With 500 images, the convolution windows take 250 MB of memory and 50% more time.
"""


@dataclass(frozen=True)
class StepTrace:
    """The inputs and results of one step (layer) for a batch of images.

    Attributes:
        inputs: the values that the step received.
        sums: the step's results before the activation.
        values: the step's results after the activation.
    """

    step: LayerStep
    inputs: np.ndarray = field(repr=False)
    sums: np.ndarray = field(repr=False)
    values: np.ndarray = field(repr=False)


@dataclass(frozen=True, eq=False)
class Network:
    """A neural network: the steps that turn an image into logits, the values before softmax.

    Attributes:
        pixel_scale: the divisor of the pixels: 255, or 1 without normalisation.
        temperature: the divisor of the logits before the softmax.
    """

    steps: tuple[LayerStep, ...]
    pixel_scale: float = 255.0
    temperature: float = 1.0

    @property
    def last_step(self) -> WeightedStep:
        """The output layer: the dense step whose sums are the logits."""
        return self.weighted_steps[-1]

    @property
    def class_count(self) -> int:
        return len(self.last_step.bias)

    @property
    def nbytes(self) -> int:
        """The size of all weights and biases in bytes."""
        return sum(step.kernel.nbytes + step.bias.nbytes for step in self.weighted_steps)

    @property
    def parameter_count(self) -> int:
        """The number of weights and biases."""
        return sum(step.kernel.size + step.bias.size for step in self.weighted_steps)

    @property
    def weighted_steps(self) -> tuple[WeightedStep, ...]:
        """The steps that have weights."""
        return tuple(step for step in self.steps if isinstance(step, WeightedStep))

    @property
    def is_convolutional(self) -> bool:
        return any(step.shown_as == "maps" for step in self.steps)

    @property
    def has_diverged(self) -> bool:
        """Whether training diverged, so that a weight is infinite or not a number."""
        return not all(
            np.isfinite(step.kernel).all() and np.isfinite(step.bias).all()
            for step in self.weighted_steps
        )

    def scale_pixels(self, images: np.ndarray) -> np.ndarray:
        """Return images [n, 28, 28] as input of the first step: float32 [n, 28, 28, 1]."""
        return (np.asarray(images, np.float32) / np.float32(self.pixel_scale)).reshape(
            -1, *IMAGE_SHAPE, 1
        )

    def trace_images(self, images: np.ndarray) -> tuple[StepTrace, ...]:
        """Return the inputs, weighted sums and outputs of each layer, for images [n, 28, 28]."""
        return self.trace_pixels(self.scale_pixels(images))

    def trace_pixels(self, pixels: np.ndarray) -> tuple[StepTrace, ...]:
        """Do the same as :meth:`trace_images` for pixels from :meth:`scale_pixels`."""
        return tuple(_trace_steps(self.steps, pixels))

    def last_step_inputs(self, images: np.ndarray) -> np.ndarray:
        """Return the inputs of the output layer for any number of images, float32 [n, inputs]."""
        return replace(self, steps=self.steps[:-1]).logits(images)

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Return the logits of any number of images, float32 [n, classes]."""
        return logits_of_networks([self], images)[0]

    def predict_label(self, image: np.ndarray) -> int:
        """Return the label of the network's answer to an image, uint8 [28, 28]."""
        return int(self.logits(image[None])[0].argmax())

    def to_shares(self, logits: np.ndarray) -> np.ndarray:
        """Return the class shares [n, classes] for logits, using the network's temperature."""
        return softmax_shares(logits, self.temperature)

    def class_shares(self, images: np.ndarray) -> np.ndarray:
        """Return the class shares [n, classes] of any number of images."""
        return self.to_shares(self.logits(images))

    def step_input_gradients(
        self, trace: Sequence[StepTrace], wanted: np.ndarray
    ) -> list[np.ndarray]:
        """Return the gradient of ``sum(logits * wanted)`` with respect to each step's inputs.

        Args:
            trace: the trace of the images, from :meth:`trace_images`.
            wanted: float [n, classes], the weight of each logit in the sum.
        """
        gradient = np.asarray(wanted, np.float32)
        found = []
        for step_trace in reversed(trace):
            name = step_trace.step.activation
            gradient = step_trace.step.input_gradient(
                step_trace.inputs,
                gradient * ACTIVATIONS[name].derivative(step_trace.sums) if name else gradient,
            )
            found.append(gradient)
        return found[::-1]


def logits_of_networks(networks: Sequence[Network], images: np.ndarray) -> list[np.ndarray]:
    """Return the logits of each network for the same images, whose pixels are scaled only once."""
    found: list[list[np.ndarray]] = [[] for _ in networks]
    scales = {network.pixel_scale: network for network in networks}
    at_once = (
        BATCH_SIZE_CONVOLUTIONAL
        if any(network.is_convolutional for network in networks)
        else BATCH_SIZE
    )
    for begin in range(0, max(1, len(images)), at_once):
        some = images[begin : begin + at_once]
        ready = {scale: network.scale_pixels(some) for scale, network in scales.items()}
        for network, parts in zip(networks, found, strict=True):
            values = ready[network.pixel_scale]
            for step_trace in _trace_steps(network.steps, values):
                values = step_trace.values
            parts.append(values)
    return [np.concatenate(parts) for parts in found]


def _trace_steps(steps: Sequence[LayerStep], values: np.ndarray) -> Iterator[StepTrace]:
    for step in steps:
        sums = step.compute_sums(values)
        after = apply_activation(step.activation, sums)
        yield StepTrace(step, values, sums, after)
        values = after
