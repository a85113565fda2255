"""One step gives Keras' numbers: the losses and slopes of GradientTape, and the steps of SGD."""

from dataclasses import replace
from functools import cache

import keras
import numpy as np
import pytest
import tensorflow as tf

from fvapp.core.dataset_table import make_own_dataset_name
from fvapp.core.export import image_file_content
from fvapp.core.inspection import learning
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.settings import RunSettings
from fvapp.learn.build import build_model
from fvapp.ui.inside.step_maths import gradient_tape_code
from fvapp.ui.networks.one_step import RATE, NetworkLearner

NETWORKS = {
    "128": RunSettings(hidden=(128,), seed=1),
    "none hidden": RunSettings(hidden=(), seed=3),
    "64, 32 tanh": RunSettings(hidden=(64, 32), activation="tanh", seed=4),
    "64 elu": RunSettings(hidden=(64,), activation="elu", seed=5),
    "64 sigmoid": RunSettings(hidden=(64,), activation="sigmoid", seed=6),
}


@pytest.fixture(scope="module")
def both(dataset):
    """Return ``both(name)``: a briefly trained Keras model, and the same weights as a network."""

    @cache
    def weights(name: str, steps: int) -> list[np.ndarray]:
        model = build_model(NETWORKS[name])
        model.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy")
        images = dataset.x_train[: 32 * steps] / np.float32(255)
        labels = dataset.y_train[: 32 * steps]
        if steps:
            model.fit(images, labels, batch_size=32, shuffle=False, verbose=0)
        return model.get_weights()

    def both(name: str, steps: int = 31):
        model = build_model(NETWORKS[name])
        model.set_weights(weights(name, steps))
        return model, network_of_run(NETWORKS[name], model.get_weights())

    return both


def of_keras(model, images, labels):
    """Return the loss, and its slopes for all weights, computed by Keras."""
    with tf.GradientTape() as tape:
        found = model(images / np.float32(255), training=False)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, found))
    return float(loss), [slope.numpy() for slope in tape.gradient(loss, model.trainable_variables)]


def slopes_of(network, images, labels):
    trace = network.trace_images(images)
    pairs = zip(trace, learning.loss_gradients(trace, labels), strict=True)
    return [
        slope
        for each, blame in pairs
        if blame.size
        for slope in (each.inputs.T @ blame, blame.sum(axis=0))
    ]


@pytest.mark.parametrize("count", [1, 32])
@pytest.mark.parametrize("steps", [0, 31])
@pytest.mark.parametrize("name", NETWORKS)
def test_losses_and_slopes_are_those_of_gradient_tape(both, name, steps, count, dataset):
    model, network = both(name, steps)
    images = dataset.x_test[:count]
    labels = np.asarray(dataset.y_test[:count]).astype(int)
    loss, expected = of_keras(model, images, labels)
    found = slopes_of(network, images, labels)
    assert abs(learning.cross_entropy(network.logits(images), labels).mean() - loss) < 2e-6
    for ours, theirs in zip(found, expected, strict=True):
        assert np.abs(ours - theirs).max() < 2e-6
    if count == 1:
        assert learning.count_nonzero_slopes(network.trace_images(images), labels) == sum(
            np.count_nonzero(each) for each in expected
        )


@pytest.mark.parametrize(("count", "at_once", "rate"), [(64, 1, 0.01), (640, 32, 0.1)])
@pytest.mark.parametrize("name", NETWORKS)
def test_many_images_teach_what_sgd_learns(both, name, count, at_once, rate, dataset):
    model, network = both(name)
    images = dataset.x_train[:count]
    labels = np.asarray(dataset.y_train[:count]).astype(int)
    model.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy")
    model.fit(images / np.float32(255), labels, batch_size=at_once, shuffle=False, verbose=0)
    ours = learning.learn_images_once(network, images, labels, rate, at_once)
    for step, kernel, bias in zip(
        ours.weighted_steps, model.get_weights()[::2], model.get_weights()[1::2], strict=True
    ):
        assert np.abs(step.kernel - kernel).max() < 1e-5 and np.abs(step.bias - bias).max() < 1e-5


@pytest.mark.parametrize("name", ["fashion_mnist", make_own_dataset_name(("Cat", "Sun"))])
def test_the_cell_with_gradient_tape_prints_the_numbers_of_the_screens(
    both, name, dataset, tmp_path, monkeypatch, capsys
):
    dataset = replace(dataset, name=name)
    (tmp_path / "own.npz").write_bytes(image_file_content(dataset))
    model, network = both("128")
    # Training builds the optimizer, and the model is saved with it.
    model.optimizer.build(model.trainable_variables)
    model.save(tmp_path / "model.keras")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        keras.datasets.fashion_mnist,
        "load_data",
        lambda: ((0, 0), (dataset.x_test, dataset.y_test)),
    )
    label = int(dataset.y_test[9])
    learner = NetworkLearner(
        network, dataset.x_test[9], label, label, dataset, [str(each) for each in range(10)]
    )
    said: dict = {}
    exec(gradient_tape_code(learner), said)  # runs the code like a cell of a notebook
    loss, slope = (float(line.split()[1]) for line in capsys.readouterr().out.splitlines())
    assert loss == pytest.approx(learner.loss, abs=2e-6)
    assert slope == pytest.approx(learner.first_probed_weight.slope, abs=2e-6)
    after = learning.network_after_step(network, learner.step_traces, learner.taught_labels, RATE)
    for step, kernel in zip(after.weighted_steps, said["model"].get_weights()[::2], strict=True):
        assert np.abs(step.kernel - kernel).max() < 1e-6
