"""From files to networks: the weights of a run, and the ``.keras`` files of the models that ship."""

import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np

from fvapp.core.errors import ModelError
from fvapp.core.inspection.frames import Frame
from fvapp.core.inspection.network import Convolution, Dense, Flatten, Network, Pooling, Step
from fvapp.core.layers import POOL_SIZE, Layer, describe_layers
from fvapp.core.settings import RunSettings


def network_of_run(settings: RunSettings, weights: Sequence[np.ndarray], temperature: float = 1.0) -> Network:
    """Return the network of a run.

    Args:
        weights: in the order of ``model.get_weights()``.
        temperature: of the run's calibration.

    Raises:
        ModelError: ``model_other_weights``: they are not those of such a network.
    """
    steps: list[Step] = []
    remaining = iter(weights)
    for layer in describe_layers(settings):
        match layer.kind:
            case "dense":
                activation = "" if layer.activation == "softmax" else layer.activation
                if len(layer.input_shape) != 1:  # without Flatten: no such network trains
                    raise ModelError("model_other_weights")
                steps.append(Dense(*_kernel_and_bias(remaining, layer), activation))
            case "conv2d":
                kernel, bias = _kernel_and_bias(remaining, layer)
                steps.append(Convolution(kernel, bias, layer.activation, layer.stride, layer.padding))
            case "max_pooling2d":
                steps.append(Pooling(POOL_SIZE))
            case "flatten":
                steps.append(Flatten())
    if next(remaining, None) is not None:
        raise ModelError("model_other_weights")
    return Network(tuple(steps), 255.0 if settings.normalisation else 1.0, temperature)


def networks_of_film(settings: RunSettings, network: Network, frames: Sequence[Frame]) -> list[Network]:
    """Return the network of each frame of a run; the last is `network`, the run's own, so that all pages agree."""
    found = [network_of_run(settings, frame.weights, network.temperature) for frame in frames]
    return [*found, network] if found else []


def read_keras_file(file: Path) -> Network:
    """Read a ``.keras`` file of a sequential model, such as those that ship; batch normalisation is folded in.

    Raises:
        ModelError: ``shipped_model_damaged``: there is no such file, or it is not what it should be.
    """
    # Late, because importing it takes 0.1 s and 11 MB, and networks of runs do without it.
    import h5py

    try:
        with zipfile.ZipFile(file) as archive:
            layers = json.loads(archive.read("config.json"))["config"]["layers"]
            with h5py.File(BytesIO(archive.read("model.weights.h5"))) as weights:
                return Network(tuple(_keras_steps(layers, weights["layers"])))
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile):
        raise ModelError("shipped_model_damaged", file=file.name) from None


def _kernel_and_bias(remaining: Iterator[np.ndarray], layer: Layer) -> tuple[np.ndarray, np.ndarray]:
    kernel, bias = next(remaining, None), next(remaining, None)
    if (np.shape(kernel), np.shape(bias)) != layer.weights:
        raise ModelError("model_other_weights")
    return np.asarray(kernel, np.float32), np.asarray(bias, np.float32)


def _keras_steps(layers: Sequence[Mapping], weights: Mapping) -> list[Step]:
    steps: list[Step] = []
    seen: Counter[str] = Counter()
    for layer in layers:
        kind, config = layer["class_name"], layer["config"]
        # Keras names the groups of its file after the class and its number among the layers of that class.
        name = {"Conv2D": "conv2d", "BatchNormalization": "batch_normalization", "Dense": "dense"}.get(kind)
        group = f"{name}_{seen[kind]}" if seen[kind] else name
        seen[kind] += 1
        arrays = (
            [np.asarray(weights[group]["vars"][key], np.float32) for key in sorted(weights[group]["vars"])]
            if name
            else []
        )
        match kind:
            case "Conv2D":
                kernel, bias = arrays if config["use_bias"] else (arrays[0], np.zeros(arrays[0].shape[-1], np.float32))
                strides = set(config["strides"])
                if len(strides) > 1:
                    raise ValueError("a stride of its own for each direction")
                steps.append(Convolution(kernel, bias, _named(config), strides.pop(), config["padding"]))
            case "BatchNormalization":
                steps[-1] = _folded(steps[-1], *arrays, epsilon=config["epsilon"])
            case "Activation":
                before = steps[-1]
                steps[-1] = Convolution(before.kernel, before.bias, config["activation"], before.stride, before.padding)
            case "MaxPooling2D":
                steps.append(Pooling(config["pool_size"][0]))
            case "Flatten":
                steps.append(Flatten())
            case "Dense":
                steps.append(Dense(*arrays, _named(config)))
            case "InputLayer" | "Reshape" | "Dropout":
                continue
            case _:
                raise ValueError(kind)
    return steps


def _named(config: Mapping[str, object]) -> str:
    return "" if config["activation"] in ("linear", "softmax") else config["activation"]


def _folded(
    step: Step, gamma: np.ndarray, beta: np.ndarray, mean: np.ndarray, variance: np.ndarray, epsilon: float
) -> Convolution:
    """Return a convolution that does what it and the batch normalisation after it do."""
    if not isinstance(step, Convolution) or step.activation:
        raise ValueError("a batch normalisation that does not follow the sums of a convolution")
    factor = gamma / np.sqrt(variance + np.float32(epsilon))
    return Convolution(step.kernel * factor, (step.bias - mean) * factor + beta, "", step.stride, step.padding)
