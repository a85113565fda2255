"""Training runs with a visitor's own examples, compared with stock Keras on the same arrays."""

from dataclasses import replace

import numpy as np
import pytest

from fvapp.core.datasets import make_altered_training_arrays
from fvapp.core.examples import ExampleSet, make_example
from fvapp.core.settings import RunSettings
from fvapp.learn.blocks import epoch_order
from fvapp.learn.build import build_model
from fvapp.learn.training import train
from learn.told import train_quietly

BASE = RunSettings(train_images=1_000, validation_split=0.0, epochs=2, hidden=(16,))


@pytest.fixture(scope="module")
def examples(dataset):
    """Forty test images turned upside down, ten of which are held back."""
    made = []
    for at in range(40):
        image = np.ascontiguousarray(dataset.x_test[at, ::-1])
        label = at // 4 % 10
        made.append(make_example(dataset.name, image, label, "drawing", at, made))
    return ExampleSet.from_examples(made)


def test_the_weights_are_those_of_plain_keras_on_the_same_arrays(dataset, examples):
    settings = BASE.with_values(examples="added")
    outcome = train_quietly(settings, dataset, examples=examples)
    arrays = make_altered_training_arrays(dataset, settings, examples)
    assert len(arrays.x_train) == 1_000 + 30
    model = build_model(settings)
    for epoch in range(1, settings.epochs + 1):
        order = epoch_order(settings.seed, epoch, len(arrays.x_train))
        model.fit(
            arrays.x_train[order] / 255.0, arrays.y_train[order], epochs=1, shuffle=False, verbose=0
        )
    for ours, theirs in zip(outcome.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-3)
    images, labels = examples.images_and_labels("test")
    right = int(np.sum(model.predict(images / 255.0, verbose=0).argmax(axis=1) == labels))
    assert outcome.result.my_test == (right, 10)


def test_a_run_without_own_examples_has_no_test_on_them(dataset, examples):
    ends = [train_quietly(BASE, dataset, examples=examples)]
    learned = examples.images_and_labels("learn")
    all_learned = ExampleSet(*learned, np.zeros(len(learned[1]), bool))
    settings = BASE.with_values(examples="added")
    ends.append(train_quietly(settings, dataset, examples=all_learned))
    assert [end.result.my_test for end in ends] == [None] * 2


def test_a_whole_data_set_leaves_room_for_own_examples(fashion, examples):
    settings = RunSettings(
        examples="added", example_weight=50, validation_split=0.0, epochs=1, hidden=()
    )
    small = replace(fashion, x_test=fashion.x_test[:500], y_test=fashion.y_test[:500])
    events = []
    train(settings, small, examples=examples, emit=events.append)
    assert events[0].train_images == 60_000 + 30 * 50
