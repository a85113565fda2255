"""A network as a list of steps that NumPy can walk, forwards and backwards.

Enough for the networks of the settings and for the models that ship: convolution with stride and padding, pooling,
flatten, dense. Batch normalisation is folded into the convolution before it; dropout does nothing when one looks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from fvapp.core.activations import ACTIVATIONS, activate
from fvapp.core.layers import IMAGE_SHAPE

IMAGES_AT_ONCE = 500
"""More are no faster, and the windows of a convolution would take hundreds of megabytes."""


@dataclass(frozen=True)
class Dense:
    """Every input times a weight, summed for each neuron.

    Attributes:
        kernel: float32 [inputs, neurons]; bias: float32 [neurons].
        activation: name of the activation; empty for the last step, whose softmax is not part of it.
    """

    kernel: np.ndarray = field(repr=False)
    bias: np.ndarray = field(repr=False)
    activation: str = ""

    def sums(self, inputs: np.ndarray) -> np.ndarray:
        return inputs @ self.kernel + self.bias

    def backward(self, inputs: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return the gradient of the inputs, given that of the sums."""
        return gradient @ self.kernel.T


@dataclass(frozen=True)
class Convolution:
    """The same small window of weights at every place.

    Attributes:
        kernel: float32 [height, width, channels, filters]; bias: float32 [filters].
        padding: as Keras counts it; "same" adds more below and on the right where it cannot be even.
    """

    kernel: np.ndarray = field(repr=False)
    bias: np.ndarray = field(repr=False)
    activation: str = ""
    stride: int = 1
    padding: Literal["valid", "same"] = "valid"

    def sums(self, inputs: np.ndarray) -> np.ndarray:
        windows = self.windows(inputs)
        filters = self.kernel.shape[-1]
        flat = windows.reshape(-1, self.kernel.size // filters) @ self.kernel.reshape(-1, filters)
        return flat.reshape(*windows.shape[:3], filters) + self.bias

    def windows(self, inputs: np.ndarray) -> np.ndarray:
        """Return what each place sees: [n, rows, columns, height, width, channels]."""
        size = self.kernel.shape[:2]
        views = sliding_window_view(self._padded(inputs), size, axis=(1, 2))[:, :: self.stride, :: self.stride]
        return views.transpose(0, 1, 2, 4, 5, 3)

    def corner(self, shape: Sequence[int], row: int, column: int) -> tuple[int, int]:
        """Return row and column of the top left corner of a place's window; below 0 where it reaches over the edge.

        Args:
            shape: of the inputs, [n, rows, columns, channels].
        """
        (top, _), (left, _) = self._margins(shape)
        return row * self.stride - top, column * self.stride - left

    def backward(self, inputs: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return the gradient of the inputs, given that of the sums."""
        (top, _), (left, _) = self._margins(inputs.shape)
        padded = np.zeros_like(self._padded(inputs))
        rows, columns = (self.stride * size for size in gradient.shape[1:3])
        for row, column in np.ndindex(*self.kernel.shape[:2]):
            target = padded[:, row : row + rows : self.stride, column : column + columns : self.stride]
            target += (gradient @ self.kernel[row, column].T)[:, : target.shape[1], : target.shape[2]]
        return padded[:, top : top + inputs.shape[1], left : left + inputs.shape[2]]

    def _padded(self, inputs: np.ndarray) -> np.ndarray:
        margins = self._margins(inputs.shape)
        return np.pad(inputs, ((0, 0), *margins, (0, 0))) if any(map(any, margins)) else inputs

    def _margins(self, shape: Sequence[int]) -> tuple[tuple[int, int], tuple[int, int]]:
        if self.padding == "valid":
            return (0, 0), (0, 0)
        sides = []
        for length, size in zip(shape[1:3], self.kernel.shape[:2], strict=True):
            missing = max((-(-length // self.stride) - 1) * self.stride + size - length, 0)
            sides.append((missing // 2, missing - missing // 2))
        return sides[0], sides[1]


@dataclass(frozen=True)
class Pooling:
    """The largest of each square of places, for each filter; what does not fill a square is left out."""

    size: int = 2

    def sums(self, inputs: np.ndarray) -> np.ndarray:
        return self._squares(inputs).max(axis=(2, 4))

    def backward(self, inputs: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return the gradient of the inputs: of equal ones the first has it all, as in TensorFlow."""
        squares = self._squares(inputs)
        count, rows, _, columns, _, filters = squares.shape
        flat = squares.transpose(0, 1, 3, 5, 2, 4).reshape(count, rows, columns, filters, -1)
        spread = np.zeros_like(flat)
        np.put_along_axis(spread, flat.argmax(axis=-1)[..., None], gradient[..., None], axis=-1)
        result = np.zeros_like(inputs)
        result[:, : rows * self.size, : columns * self.size] = (
            spread.reshape(count, rows, columns, filters, self.size, self.size)
            .transpose(0, 1, 4, 2, 5, 3)
            .reshape(count, rows * self.size, columns * self.size, filters)
        )
        return result

    def _squares(self, inputs: np.ndarray) -> np.ndarray:
        count, height, width, filters = inputs.shape
        rows, columns = height // self.size, width // self.size
        whole = inputs[:, : rows * self.size, : columns * self.size]
        return whole.reshape(count, rows, self.size, columns, self.size, filters)


@dataclass(frozen=True)
class Flatten:
    """One long row of numbers."""

    def sums(self, inputs: np.ndarray) -> np.ndarray:
        return inputs.reshape(len(inputs), prod(inputs.shape[1:]))

    def backward(self, inputs: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        return gradient.reshape(inputs.shape)


Step = Dense | Convolution | Pooling | Flatten


@dataclass(frozen=True)
class Passed:
    """What one step did to a batch.

    Attributes:
        inputs: what came in.
        sums: before the activation.
        values: after it.
    """

    step: Step
    inputs: np.ndarray = field(repr=False)
    sums: np.ndarray = field(repr=False)
    values: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Network:
    """Steps from images to logits, what comes before softmax.

    Attributes:
        scale: what pixels are divided by: 255, or 1 without normalising.
        temperature: what the logits are divided by before the softmax.
    """

    steps: tuple[Step, ...]
    scale: float = 255.0
    temperature: float = 1.0

    @property
    def last(self) -> Dense:
        return self.steps[-1]

    @property
    def classes(self) -> int:
        return len(self.last.bias)

    @property
    def nbytes(self) -> int:
        """Bytes of all weights."""
        return sum(step.kernel.nbytes + step.bias.nbytes for step in self.weighted)

    @property
    def parameters(self) -> int:
        """How many weights and biases there are."""
        return sum(step.kernel.size + step.bias.size for step in self.weighted)

    @property
    def weighted(self) -> tuple[Dense | Convolution, ...]:
        """The steps that have weights."""
        return tuple(step for step in self.steps if isinstance(step, (Dense, Convolution)))

    @property
    def convolutional(self) -> bool:
        return any(isinstance(step, Convolution) for step in self.steps)

    @property
    def broken(self) -> bool:
        """Whether a weight is not a finite number: the training flew apart."""
        return not all(np.isfinite(step.kernel).all() and np.isfinite(step.bias).all() for step in self.weighted)

    def pixels(self, images: np.ndarray) -> np.ndarray:
        """Return images [n, 28, 28] as the first step takes them: float32 [n, 28, 28, 1]."""
        return (np.asarray(images, np.float32) / np.float32(self.scale)).reshape(-1, *IMAGE_SHAPE, 1)

    def passed(self, images: np.ndarray) -> tuple[Passed, ...]:
        """Return what every step does to images [n, 28, 28]."""
        return self.walk(self.pixels(images))

    def walk(self, pixels: np.ndarray) -> tuple[Passed, ...]:
        """Return what every step does to pixels as :meth:`pixels` gives them."""
        return tuple(_walk(self.steps, pixels))

    def features(self, images: np.ndarray) -> np.ndarray:
        """Return what the last step gets, float32 [n, inputs], for any number of images."""
        return self._in_chunks(images, self.steps[:-1])

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Return the logits, float32 [n, classes], for any number of images."""
        return self._in_chunks(images, self.steps)

    def gradients(self, passed: Sequence[Passed], wanted: np.ndarray) -> list[np.ndarray]:
        """Return the gradients of ``sum(logits * wanted)`` by the inputs of every step.

        Args:
            passed: of :meth:`passed`, for the images in question.
            wanted: float [n, classes], how much each logit counts.
        """
        gradient, found = np.asarray(wanted, np.float32), []
        for each in reversed(passed):
            name = getattr(each.step, "activation", "")
            gradient = each.step.backward(
                each.inputs, gradient * ACTIVATIONS[name].slope(each.sums) if name else gradient
            )
            found.append(gradient)
        return found[::-1]

    def _in_chunks(self, images: np.ndarray, steps: Sequence[Step]) -> np.ndarray:
        parts = []
        for begin in range(0, max(1, len(images)), IMAGES_AT_ONCE):
            values = self.pixels(images[begin : begin + IMAGES_AT_ONCE])
            for each in _walk(steps, values):
                values = each.values
            parts.append(values)
        return np.concatenate(parts)


def logits_of_all(networks: Sequence[Network], images: np.ndarray) -> list[np.ndarray]:
    """Return the logits of several networks, as `Network.logits`; the images are made ready once for all of them."""
    found: list[list[np.ndarray]] = [[] for _ in networks]
    scales = {network.scale: network for network in networks}
    for begin in range(0, max(1, len(images)), IMAGES_AT_ONCE):
        some = images[begin : begin + IMAGES_AT_ONCE]
        ready = {scale: network.pixels(some) for scale, network in scales.items()}
        for network, parts in zip(networks, found, strict=True):
            parts.append(network.walk(ready[network.scale])[-1].values)
    return [np.concatenate(parts) for parts in found]


def _walk(steps: Sequence[Step], values: np.ndarray) -> Iterator[Passed]:
    for step in steps:
        sums = step.sums(values)
        after = activate(getattr(step, "activation", ""), sums)
        yield Passed(step, values, sums, after)
        values = after
