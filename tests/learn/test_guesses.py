"""The network's guesses for the twelve test images, reported while it trains."""

from dataclasses import replace
from itertools import chain, pairwise

import numpy as np
import pytest

from fvapp.core.datasets.twelve import twelve_images
from fvapp.core.events import BlockEnded, EpochEnded, Guesses
from fvapp.core.settings import RunSettings, preset_settings
from fvapp.learn.build import build_model
from learn.told import guesses_of, of_kind, train_and_tell

SETTINGS = RunSettings(train_images=1_000, epochs=3, hidden=(16,), dropout=0.2)
MOMENTS = [0, 1, 3, 7, 15, 29, 58, 87]  # steps; 900 images in batches of 32 make 29 steps per epoch


def as_keras(settings, weights, dataset):
    """Return stock Keras' labels for the twelve test images, and their shares."""
    model = build_model(settings)
    model.set_weights(weights)
    images = twelve_images(dataset) / (255.0 if settings.normalisation else 1.0)
    found = model.predict(images, verbose=0)
    return found.argmax(axis=1), found.max(axis=1)


def test_early_guesses_are_sent_together_in_order_with_the_curve(dataset):
    settings = replace(SETTINGS, train_images=10_000)
    dataset = replace(
        dataset, x_train=np.tile(dataset.x_train, (10, 1, 1)), y_train=np.tile(dataset.y_train, 10)
    )
    _, events = train_and_tell(settings, dataset)
    first = next(event for event in events if isinstance(event, Guesses))
    assert first.steps == (0, 1, 3, 7) and (first.epoch, first.step) == (0, 11)
    for before, event in pairwise(events):
        if isinstance(event, Guesses) and isinstance(before, EpochEnded):
            assert (event.epoch, event.step) == (before.epoch, 0)
    assert isinstance(events[events.index(first) + 1], BlockEnded)


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS,
        replace(SETTINGS, hidden=(), normalisation=False),
        replace(preset_settings("cnn", "fashion_mnist"), train_images=1_000, activation="elu"),
    ],
    ids=repr,
)
def test_the_last_guesses_equal_those_of_keras(dataset, settings):
    outcome, events = train_and_tell(replace(settings, epochs=1), dataset)
    _, labels, found = guesses_of(events)[-1]
    expected, sure = as_keras(settings, outcome.weights, dataset)
    np.testing.assert_array_equal(labels, expected)
    np.testing.assert_allclose(found, sure, atol=2e-3)


def test_a_network_that_flies_apart_has_no_guess(dataset):
    settings = replace(
        SETTINGS,
        hidden=(64, 64),
        activation="elu",
        optimizer="sgd",
        learning_rate=1.0,
        normalisation=False,
    )
    outcome, events = train_and_tell(settings, dataset)
    assert not np.isfinite(outcome.weights[0]).all()
    _, labels, found = guesses_of(events)[-1]
    assert set(labels) == set(found) == {None}
    assert None not in guesses_of(events)[0][1]


def test_a_drawing_is_answered_beside_the_guesses(dataset):
    images = twelve_images(dataset)
    outcome, events = train_and_tell(SETTINGS, dataset, drawing=images[3])
    without, plain = train_and_tell(SETTINGS, dataset)
    assert guesses_of(events) == guesses_of(plain)
    drawn = list(chain.from_iterable(event.drawing for event in of_kind(events, Guesses)))
    for row, (_, labels, found) in zip(drawn, guesses_of(events), strict=True):
        assert row[labels[3]] == max(row) == found[3]
    assert all(len(row) == 10 and abs(sum(row) - 1) < 0.01 for row in drawn)
    assert all(np.array_equal(a, b) for a, b in zip(without.weights, outcome.weights, strict=True))


def test_guesses_are_reported_after_early_steps_and_every_epoch_and_do_not_change_the_training(
    dataset,
):
    too_few = replace(dataset, x_test=dataset.x_test[:100], y_test=dataset.y_test[:100])
    outcome, events = train_and_tell(SETTINGS, dataset)
    assert [step for step, _, _ in guesses_of(events)] == MOMENTS
    assert all(len(labels) == len(found) == 12 for _, labels, found in guesses_of(events))
    without, events = train_and_tell(SETTINGS, too_few)
    assert not guesses_of(events)
    assert all(np.array_equal(a, b) for a, b in zip(without.weights, outcome.weights, strict=True))
    _, events = train_and_tell(SETTINGS, dataset, epochs=4, checkpoint=outcome.checkpoint)
    assert [step for step, _, _ in guesses_of(events)] == [116]
