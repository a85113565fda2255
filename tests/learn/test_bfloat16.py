"""Convolutions in bfloat16: the same training with coarser products, on any processor."""

import numpy as np
import pytest
import tensorflow as tf

from fvapp.core.arithmetic import can_multiply_bfloat16
from fvapp.core.checkpoint import Checkpoint
from fvapp.core.errors import ModelError
from fvapp.core.layers import conv2d
from fvapp.core.settings import RunSettings
from fvapp.core.stack import describe_layers
from fvapp.learn import programs
from fvapp.learn.build import initial_weights
from learn.told import train_quietly
from pairs import few

SETTINGS = RunSettings(
    train_images=1_000, epochs=2, network="cnn", batch_size=64, validation_split=0.0, dropout=0.2
)


WAYS = {"rounded": False} | ({"by_the_processor": True} if can_multiply_bfloat16() else {})


@pytest.fixture(params=few(WAYS.values(), 1), ids=WAYS)
def way(request, monkeypatch):
    """Each way to multiply in bfloat16 that this processor offers."""
    monkeypatch.setattr(conv2d, "can_multiply_bfloat16", lambda: request.param)
    monkeypatch.setattr(programs, "_idle", {})
    return request.param


def trained(dataset, settings=SETTINGS, **options):
    return train_quietly(settings, dataset, **{"arithmetic": "bfloat16", **options})


def test_bfloat16_trains_to_nearly_the_same_network(dataset, way):
    exact = trained(dataset, arithmetic="float32")
    rounded = trained(dataset)
    assert rounded.result.test_loss == pytest.approx(exact.result.test_loss, rel=0.05)
    assert rounded.result.test_accuracy == pytest.approx(exact.result.test_accuracy, abs=0.03)
    before = initial_weights(SETTINGS)
    for first, one, other in zip(before, exact.weights, rounded.weights, strict=True):
        assert other.dtype == np.float32 and not np.array_equal(one, other)
        assert np.linalg.norm(other - one) < 0.3 * np.linalg.norm(one - first)


def test_products_are_rounded_and_sums_are_not(way):
    """A kernel of ones adds up nine pixels.

    The sum is exact in float32, although each pixel has only the precision of bfloat16.
    """
    layers = describe_layers(SETTINGS)
    image = np.full((1, 28, 28), 1.001, "float32")  # rounded to bfloat16, this is 1
    image[0, 1, 1] = 1 + 2**-7  # a bfloat16 number, so it is not rounded
    weights = [np.zeros_like(weight) for weight in initial_weights(SETTINGS)]
    weights[0][..., 0] = 1.0
    x = tf.reshape(tf.constant(image), (1, 28, 28, 1))
    found = tf.cast(
        layers[1].forward(tf, x, tf.constant(weights[0]), "bfloat16"), tf.float32
    ).numpy()
    assert layers[1].kind == "conv2d"
    assert found[0, 5, 5, 0] == 9.0
    assert found[0, 0, 0, 0] in (9.0, 9.0625)  # the bfloat16 numbers next to 9 + 2**-7


def test_a_paused_run_goes_on_as_if_it_never_had_been_and_in_its_own_numbers_alone(dataset, way):
    whole = trained(dataset)
    half = trained(dataset, epochs=1)
    rest = trained(dataset, checkpoint=half.checkpoint)
    assert Checkpoint.from_bytes(half.checkpoint).arithmetic == "bfloat16"
    for one, other in zip(whole.weights, rest.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(ModelError, match="checkpoint_other_network"):
        trained(dataset, arithmetic="float32", checkpoint=half.checkpoint)


def test_both_ways_are_the_same_arithmetic(dataset, monkeypatch):
    """A step gives about the same weights, whether the processor or the app rounds products."""
    ends = []
    for native in WAYS.values():
        monkeypatch.setattr(conv2d, "can_multiply_bfloat16", lambda native=native: native)
        monkeypatch.setattr(programs, "_idle", {})
        ends.append(
            trained(
                dataset, SETTINGS.with_values(optimizer="sgd", batch_size=1_000, epochs=1)
            ).weights
        )
    for first, one, other in zip(initial_weights(SETTINGS), ends[0], ends[-1], strict=True):
        assert np.linalg.norm(one - other) <= 0.02 * np.linalg.norm(one - first)
