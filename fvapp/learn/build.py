"""Builds Keras models, optimizers, initial weights and ``.keras`` files from a run's settings."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from fvapp.core.inspection import load_shipped_model
from fvapp.core.layer import Layer
from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.settings import RunSettings
from fvapp.core.stack import IMAGE_SHAPE, describe_layers

Tensors = Sequence[tf.Tensor]
Update = Callable[
    [Tensors, Tensors, Tensors, tf.Tensor, tf.Tensor], tuple[list[tf.Tensor], list[tf.Tensor]]
]


def build_model(settings: RunSettings) -> keras.Sequential:
    """Return the network of `settings` as a compiled plain Keras model with its initial weights.

    The input is float pixels [batch, 28, 28], from 0 to 1 with `normalisation`, else from 0 to 255.
    The output is class probabilities.
    """
    model = keras.Sequential(build_keras_layers(settings))
    model.compile(
        optimizer=build_optimizer(settings),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def build_keras_layers(settings: RunSettings) -> list[keras.Layer]:
    """Return the Keras layers of the network of `settings`, beginning with the input layer."""
    seeds = _layer_seeds(settings)
    layers = [keras.Input(IMAGE_SHAPE)]
    for layer in describe_layers(settings):
        seed = next(seeds) if layer.parameter_count else settings.seed
        layers.append(_build_keras_layer(layer, seed))
    return layers


def build_optimizer(settings: RunSettings) -> keras.optimizers.Optimizer:
    """Return the Keras optimizer of `settings`, with the arguments from the table `OPTIMIZERS`."""
    row = OPTIMIZERS[settings.optimizer]
    return getattr(keras.optimizers, row.keras_class)(
        learning_rate=settings.learning_rate, **row.keras_arguments
    )


def make_update_function(optimizer: str) -> Update:
    """Return a function that updates weights as this optimizer does.

    The function is ``update(weights, slots, gradients, iterations, learning_rate) -> (weights,
    slots)``. `slots` are the ``optimizer.variables`` without the first two (iterations and learning
    rate).
    """
    row = OPTIMIZERS[optimizer]

    def update_weights(weights, slots, gradients, iterations, learning_rate):
        step = tf.cast(iterations + 1, tf.float32)
        columns = [slots[place :: row.slots_per_weight] for place in range(row.slots_per_weight)]
        updated = [
            row.update_rule(tf, weight, gradient, step, learning_rate, *kept, **row.keras_arguments)
            for weight, gradient, *kept in zip(weights, gradients, *columns, strict=True)
        ]
        return [weight for weight, *_ in updated], [slot for _, *kept in updated for slot in kept]

    return update_weights


def initial_weights(settings: RunSettings) -> list[np.ndarray]:
    """Return the network's initial weights, which equal ``build_model(settings).get_weights()``."""
    seeds = _layer_seeds(settings)
    weights: list[np.ndarray] = []
    for layer in describe_layers(settings):
        if layer.is_frozen:
            lent = load_shipped_model(settings.dataset_info.eyes).network.weighted_steps[
                len(weights) // 2
            ]
            weights += lent.kernel, lent.bias
        elif layer.parameter_count:
            kernel, bias = layer.weight_shapes
            weights.append(np.asarray(keras.initializers.GlorotUniform(next(seeds))(kernel)))
            weights.append(np.zeros(bias, "float32"))
    return weights


def save_for_prediction(settings: RunSettings, weights: Sequence[np.ndarray], path: Path) -> None:
    """Write a network with these weights to a ``.keras`` file for prediction, not for training."""
    model = build_model(settings)
    model.set_weights(list(weights))
    keras.Sequential([keras.Input(IMAGE_SHAPE), *model.layers]).save(path)


def export_keras_file(settings: RunSettings, weights: Sequence[np.ndarray]) -> bytes:
    """Return a network with these weights as the bytes of a ``.keras`` file for plain Keras."""
    model = build_model(settings)
    model.set_weights(list(weights))
    for built, layer in zip(model.layers, describe_layers(settings), strict=True):
        built.trainable = not layer.is_frozen
    # Only a built optimizer has all the variables that Keras expects when it loads the file.
    model.optimizer.build(model.trainable_variables)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()


def _layer_seeds(settings: RunSettings) -> Iterator[int]:
    """Yield a seed for each layer with weights, derived from the run's seed.

    Keras' global seed is not changed. Layers without weights get no seed, so dropout does not
    change a network's initial weights.
    """
    generator = np.random.default_rng(settings.seed)
    while True:
        yield int(generator.integers(2**31))


def _build_keras_layer(layer: Layer, seed: int) -> keras.Layer:
    name, given, named = layer.keras_call
    seeded = (
        {"kernel_initializer": keras.initializers.GlorotUniform(seed)}
        if layer.parameter_count
        else {}
    )
    return getattr(keras.layers, name)(
        *given, **named, **seeded, **({"seed": seed} if layer.dropout_rate else {})
    )
