"""Compiled blocks give plain Keras' numbers: weights, image order and optimizer, step by step."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from fvapp.core.events import EpochEnded
from fvapp.core.settings import RunSettings
from fvapp.learn.blocks import CompiledProgram, epoch_order
from fvapp.learn.build import build_model, initial_weights
from learn.told import as_long, of_kind, train_and_tell

BASE = RunSettings(train_images=1_000, epochs=1, hidden=(32,), validation_split=0.0)


def plain_fit(settings, dataset, images, **options):
    """Train the stock model with Keras' own fit, on each epoch's images in the run's order."""
    model = build_model(settings)
    scale = 255.0 if settings.normalisation else 1.0
    x = dataset.x_train[:images] / np.float32(scale)
    y = dataset.y_train[:images]
    history = []
    for epoch in range(1, settings.epochs + 1):
        order = epoch_order(settings.seed, epoch, images)
        fitted = model.fit(
            x[order],
            y[order],
            batch_size=settings.batch_size,
            epochs=1,
            shuffle=False,
            verbose=0,
            **options,
        )
        history.append({name: values[0] for name, values in fitted.history.items()})
    return model, history


def train_and_collect(settings, dataset):
    outcome, events = train_and_tell(settings, dataset)
    return outcome, of_kind(events, EpochEnded)


@pytest.mark.parametrize(
    "changes",
    [
        as_long({"activation": "sigmoid"}),
        {"hidden": (24, 16), "activation": "tanh", "optimizer": "sgd", "learning_rate": 0.01},
        as_long({"hidden": (16,), "activation": "elu", "optimizer": "rmsprop", "batch_size": 100}),
        # Without normalisation, saturated neurons make gradients tiny. Rounding decides the steps
        # of Adam, which divides by gradients, so this case uses SGD.
        as_long(
            {"hidden": (), "normalisation": False, "optimizer": "sgd", "learning_rate": 0.00001}
        ),
        {"network": "cnn", "batch_size": 128},
    ],
    ids=str,
)
def test_weights_after_an_epoch_are_those_of_plain_keras(dataset, changes):
    # There are 1,000 images. With batches of 32 or 128, the last batch is shorter; with 100 it is
    # full.
    settings = BASE.with_values(**changes)
    outcome, epochs = train_and_collect(settings, dataset)
    model, history = plain_fit(settings, dataset, 1_000)
    for ours, theirs in zip(outcome.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert epochs[0].loss == pytest.approx(history[0]["loss"], rel=1e-4)
    assert epochs[0].accuracy == pytest.approx(history[0]["accuracy"], abs=1e-6)


def test_the_curve_is_the_history_of_plain_keras_with_validation(dataset):
    settings = BASE.with_values(validation_split=0.1, epochs=3)
    _, epochs = train_and_collect(settings, dataset)
    held_out = dataset.x_train[900:1_000] / np.float32(255), dataset.y_train[900:1_000]
    _, history = plain_fit(settings, dataset, 900, validation_data=held_out)
    assert len(epochs) == 3
    for ours, theirs in zip(epochs, history, strict=True):
        for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
            assert getattr(ours, name) == pytest.approx(theirs[name], abs=1e-4), name


def test_the_test_set_gives_what_stock_keras_evaluates(dataset):
    settings = BASE.with_values(network="cnn", batch_size=128)
    outcome, _ = train_and_collect(settings, dataset)
    model = build_model(settings)
    model.set_weights(outcome.weights)
    loss, accuracy = model.evaluate(dataset.x_test / np.float32(255), dataset.y_test, verbose=0)
    assert outcome.result.test_accuracy == pytest.approx(accuracy, abs=1e-6)
    assert outcome.result.test_loss == pytest.approx(loss, abs=1e-4)


def test_a_dropout_layer_zeroes_its_share_and_keeps_the_mean():
    # The app and Keras draw dropout masks differently, so they are compared by statistics over a
    # wide layer and many draws.
    program = CompiledProgram(RunSettings(dropout=0.3, batch_size=64))

    @tf.function(jit_compile=True)
    def mask(iteration):
        return program.make_dropout_function(
            tf.constant(0.3), tf.constant(1), iteration, "threefry"
        )(tf.ones((64, 1_000)), 2)

    masks = np.stack([mask(tf.constant(i)).numpy() for i in range(20)])
    np.testing.assert_allclose(np.unique(masks), [0, 1 / 0.7], rtol=1e-6)
    share = (masks == 0).mean()
    assert share == pytest.approx(0.3, abs=4 * np.sqrt(0.3 * 0.7 / masks.size))
    # The masks of neighbouring steps, images and neurons are uncorrelated.
    zero = (masks == 0) - share
    for axis in range(3):
        along = np.moveaxis(zero, axis, 0)
        correlation = (along[1:] * along[:-1]).mean() / zero.var()
        assert abs(correlation) < 5 / np.sqrt(along[1:].size)


def test_dropout_costs_training_loss_and_not_test_loss(dataset):
    # Dropping 70% of the neurons makes the training loss much worse than without dropout.
    # Evaluation uses all neurons, so the test loss is better than the training loss.
    _, without = train_and_collect(BASE.with_values(epochs=3), dataset)
    dropped, with_dropout = train_and_collect(BASE.with_values(epochs=3, dropout=0.7), dataset)
    assert with_dropout[-1].loss > without[-1].loss + 0.2
    assert dropped.result.test_loss < with_dropout[-1].loss


def test_first_weights_come_from_the_seed_alone():
    for changes in ({}, {"network": "cnn"}, {"dropout": 0.2}):
        settings = BASE.with_values(**changes)
        for one, other in zip(
            initial_weights(settings), build_model(settings).get_weights(), strict=True
        ):
            np.testing.assert_array_equal(one, other)
    keras.utils.set_random_seed(9)
    again = initial_weights(BASE)
    np.testing.assert_array_equal(again[0], initial_weights(BASE.with_values(dropout=0.5))[0])
    assert not np.array_equal(again[0], initial_weights(BASE.with_values(seed=2))[0])
