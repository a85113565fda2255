"""Makes :class:`Network` objects from the weights of runs and from shipped ``.keras`` files."""

import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from fvapp.core.errors import ModelError
from fvapp.core.inspection.frames import WeightsFrame
from fvapp.core.inspection.network import Network
from fvapp.core.layer import Layer, LayerStep, WeightedStep
from fvapp.core.layers import LAYERS
from fvapp.core.layers.conv2d import Convolution
from fvapp.core.settings import RunSettings
from fvapp.core.stack import describe_layers


def network_of_run(
    settings: RunSettings, weights: Sequence[np.ndarray], temperature: float = 1.0
) -> Network:
    """Return the network of a training run.

    Args:
        weights: the weights in the order of ``model.get_weights()``.
        temperature: the softmax temperature from the run's calibration.

    Raises:
        ModelError: ``model_other_weights``: the weights do not fit the run's layers.
    """
    remaining = iter(weights)
    steps = [
        layer.make_numpy_step(_take_layer_weights(layer, remaining))
        for layer in describe_layers(settings)
    ]
    if next(remaining, None) is not None:
        raise ModelError("model_other_weights")
    return Network(tuple(step for step in steps if step), settings.pixel_divisor, temperature)


def networks_of_frames(
    settings: RunSettings, network: Network, frames: Sequence[WeightsFrame]
) -> list[Network]:
    """Return a network for each frame (saved weights) of a run, followed by the final `network`.

    If there are no frames, the result is empty.
    """
    found = [network_of_run(settings, frame.weights, network.temperature) for frame in frames]
    return [*found, network] if found else []


def read_keras_file(file: Path) -> Network:
    """Return the network in a ``.keras`` file, with batch normalisation folded into convolutions.

    Raises:
        ModelError: ``shipped_model_damaged``: there is no such file, or it is not valid.
    """
    # h5py is imported here because importing it takes 0.1 s and 11 MB, and networks of runs do not
    # need it.
    import h5py

    try:
        with zipfile.ZipFile(file) as archive:
            layers = json.loads(archive.read("config.json"))["config"]["layers"]
            with h5py.File(BytesIO(archive.read("model.weights.h5"))) as weights:
                return Network(tuple(_read_keras_steps(layers, weights["layers"])))
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile):
        raise ModelError("shipped_model_damaged", file=file.name) from None


def _take_layer_weights(layer: Layer, remaining: Iterator[np.ndarray]) -> list[np.ndarray]:
    weights = list(islice(remaining, len(layer.weight_shapes)))
    if tuple(map(np.shape, weights)) != layer.weight_shapes:
        raise ModelError("model_other_weights")
    return [np.asarray(weight, np.float32) for weight in weights]


def _read_keras_steps(
    layers: Sequence[Mapping[str, Any]], weights: Mapping[str, Any]
) -> list[LayerStep]:
    steps: list[LayerStep] = []
    seen: Counter[str] = Counter()
    for layer in layers:
        kind = layer["class_name"]
        config = layer["config"]
        # Keras names a layer's group in the file after the layer's class. For the second and later
        # layers of a class, Keras appends a number.
        name = LAYERS[kind].kind if kind in LAYERS else "batch_normalization"
        group = f"{name}_{seen[kind]}" if seen[kind] else name
        seen[kind] += 1
        kept = weights[group]["vars"] if group in weights else {}
        arrays = [np.asarray(kept[key], np.float32) for key in sorted(kept)]
        match kind:
            case "InputLayer":
                continue
            case "BatchNormalization":
                gamma, beta, mean, variance = arrays
                steps[-1] = _fold_batch_norm(
                    steps[-1], gamma, beta, mean, variance, config["epsilon"]
                )
            case "Activation":
                before = steps[-1]
                if not isinstance(before, WeightedStep):
                    raise ValueError("an activation that does not follow sums")
                steps[-1] = replace(before, activation=config["activation"])
            case _:
                step = LAYERS[kind].read_numpy_step_from_keras(config, arrays)
                steps += [step] if step else []
    return steps


def _fold_batch_norm(
    step: LayerStep,
    gamma: np.ndarray,
    beta: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    epsilon: float,
) -> Convolution:
    """Return the convolution `step` after folding the batch normalisation into its weights."""
    if not isinstance(step, Convolution) or step.activation:
        raise ValueError("a batch normalisation that does not follow the sums of a convolution")
    factor = gamma / np.sqrt(variance + np.float32(epsilon))
    return replace(step, kernel=step.kernel * factor, bias=(step.bias - mean) * factor + beta)
