"""The Keras model has the described layers, and any Keras can read its file."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.settings import RunSettings
from fvapp.learn.build import (
    build_model,
    build_optimizer,
    export_keras_file,
    initial_weights,
    make_update_function,
)

NETWORKS = [
    RunSettings(hidden=(64, 32, 16, 8), activation="tanh", dropout=0.25),
    RunSettings(network="cnn", dropout=0.5, activation="elu"),
]


@pytest.mark.parametrize("settings", NETWORKS, ids=lambda settings: str(settings.to_query()))
def test_the_file_gives_the_same_model_without_anything_of_ours(settings, tmp_path, dataset):
    weights = [w + 0.01 for w in initial_weights(settings)]
    (tmp_path / "model.keras").write_bytes(export_keras_file(settings, weights))
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    assert type(loaded) is keras.Sequential
    assert all(type(layer).__module__.startswith("keras.") for layer in loaded.layers)
    for one, other in zip(weights, loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    model = build_model(settings)
    model.set_weights(weights)
    images = dataset.x_test[:8] / np.float32(255)
    np.testing.assert_array_equal(model(images), loaded(images))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_are_keras_own_with_the_learning_rate_of_the_settings(name):
    optimizer = build_optimizer(RunSettings(optimizer=name, learning_rate=0.02))
    default = keras.optimizers.get({"class_name": name, "config": {}}).get_config()
    config = optimizer.get_config() | {"name": default["name"]}
    assert config.pop("learning_rate") == pytest.approx(0.02)
    changed = {key for key, value in config.items() if value != default[key]}
    assert changed == OPTIMIZERS[name].keras_arguments.keys()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_update_is_keras_own_step_by_step(name):
    generator = np.random.default_rng(0)
    shapes = (5, 3), (3,)
    variables = [keras.Variable(generator.normal(size=shape).astype("float32")) for shape in shapes]
    optimizer = build_optimizer(RunSettings(optimizer=name, learning_rate=0.02))
    update = make_update_function(name)
    optimizer.build(variables)
    weights = [tf.constant(variable.numpy()) for variable in variables]
    slots = [tf.zeros(shape) for shape in shapes for _ in range(OPTIMIZERS[name].slots_per_weight)]
    for step in range(5):
        gradients = [tf.constant(generator.normal(size=shape), tf.float32) for shape in shapes]
        optimizer.apply(gradients)
        weights, slots = update(weights, slots, gradients, tf.constant(step), tf.constant(0.02))
        for ours, theirs in zip(
            [*weights, *slots], [*variables, *optimizer.variables[2:]], strict=True
        ):
            np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-5, atol=1e-7)
