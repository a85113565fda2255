"""A trained network is taught a few examples; stock Keras learns the same from the same batches."""

import numpy as np
import pytest

from fvapp.core.examples import NO_EXAMPLES, ExampleSet, make_example
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import MOST_TEACHING_STEPS, OLD_EACH, SURE
from fvapp.learn.build import build_model
from fvapp.learn.teaching import choose_old_images, teach_examples
from learn.told import as_long, train_quietly

BASE = RunSettings(
    train_images=1_000, validation_split=0.0, epochs=1, hidden=(32,), learning_rate=0.003
)


def trained(settings, dataset):
    return train_quietly(settings, dataset).weights


@pytest.fixture(scope="module")
def weights(dataset):
    """The weights of a network trained with the settings in `BASE`."""
    return trained(BASE, dataset)


def misread(settings, weights, dataset, count):
    """Return test images that a network misreads, as examples, and the network as a Keras model."""
    model = build_model(settings)
    model.set_weights(weights)
    answers = model.predict(dataset.x_test / 255.0, verbose=0).argmax(axis=1)
    made = []
    for place in np.flatnonzero(answers != dataset.y_test)[:count]:
        image = dataset.x_test[place]
        label = int(dataset.y_test[place])
        made.append(make_example(dataset.name, image, label, "drawing", 1e9, ()))
    return sorted(made, key=lambda each: each.id), model


def taught(
    settings, weights, dataset, examples, *, mixed=False, others=NO_EXAMPLES, temperature=1.0
):
    ids = [each.id for each in examples]
    arrays = ExampleSet.from_examples(examples)
    return teach_examples(
        settings, weights, arrays, others, dataset, ids=ids, temperature=temperature, mixed=mixed
    )


@pytest.mark.parametrize(
    ("changes", "mixed"),
    [
        pytest.param({}, True, id="adam, mixed"),
        pytest.param({"network": "cnn", "batch_size": 128}, False, id="cnn"),
        as_long({"network": "cnn", "batch_size": 128}, True, id="cnn, mixed"),
        as_long({}, False, id="adam"),
    ],
)
def test_the_weights_are_those_of_stock_keras(dataset, changes, mixed):
    settings = BASE.with_values(**changes)
    weights = trained(settings, dataset)
    examples, model = misread(settings, weights, dataset, 2)
    after, outcome, _ = taught(settings, weights, dataset, examples, mixed=mixed)
    arrays = ExampleSet.from_examples(examples)
    for step in range(outcome.steps):
        images = arrays.images
        labels = arrays.labels
        if mixed:
            rows = choose_old_images(settings.seed, step, 2, 1_000)
            assert len(rows) == 2 * OLD_EACH
            images = np.concatenate([images, dataset.x_train[rows]])
            labels = np.concatenate([labels, dataset.y_train[rows]])
        model.train_on_batch(images / 255.0, labels)
    for before, ours, theirs in zip(weights, after, model.get_weights(), strict=True):
        apart, moved = (float(np.abs(each - theirs).mean()) for each in (ours, before))
        print(f"moved by {moved:.1e}, apart by {apart:.1e}")
        # Where a gradient is tiny, Adam's step depends on the gradient's last bits, which depend on
        # how threads split the sums.
        assert apart < 0.05 * moved


def test_teaching_stops_at_the_step_that_is_sure_of_each_example(dataset, weights):
    examples, model = misread(BASE, weights, dataset, 3)
    arrays = ExampleSet.from_examples(examples)
    (_, outcome, _) = taught(BASE, weights, dataset, examples)
    assert outcome.learned_all_examples and 1 < outcome.steps < MOST_TEACHING_STEPS
    for step in range(outcome.steps):
        shares = model.predict(arrays.images / 255.0, verbose=0)[np.arange(3), arrays.labels]
        assert shares.min() < SURE, step
        model.train_on_batch(arrays.images / 255.0, arrays.labels)
    assert [each.id for each in outcome.examples] == [each.id for each in examples]
    assert all(each.before != each.label == each.after for each in outcome.examples)
    assert (
        min(each.share_after for each in outcome.examples)
        >= SURE
        > max(e.share_before for e in outcome.examples)
    )


def test_the_sureness_is_that_of_the_page_and_what_cannot_be_learned_ends_after_sixty_steps(
    dataset, weights
):
    examples, _ = misread(BASE, weights, dataset, 1)
    plain, hot = (
        taught(BASE, weights, dataset, examples, temperature=each)[1] for each in (1.0, 3.0)
    )
    assert hot.steps > plain.steps and hot.examples[0].share_after >= SURE

    settings = BASE.with_values(optimizer="sgd", learning_rate=0.00001)
    outcome = taught(settings, weights, dataset, examples)[1]
    assert outcome.steps == MOST_TEACHING_STEPS and not outcome.learned_all_examples


def test_the_outcome_counts_what_flipped(dataset, weights):
    examples, model = misread(BASE, weights, dataset, 12)
    before = model.predict(dataset.x_test / 255.0, verbose=0).argmax(axis=1) == dataset.y_test
    rest = ExampleSet.from_examples(examples[3:])
    new, outcome, result = taught(BASE, weights, dataset, examples[:3], others=rest)
    model.set_weights(new)
    answers = model.predict(dataset.x_test / 255.0, verbose=0)
    after = answers.argmax(axis=1) == dataset.y_test
    assert (outcome.test_before, result.test_accuracy) == (np.mean(before), np.mean(after))
    assert outcome.forgot_images == tuple(np.flatnonzero(before & ~after)[:100])
    assert outcome.forgot == sum(before & ~after)
    assert outcome.gained_images == tuple(np.flatnonzero(~before & after)[:100])
    assert outcome.gained > 0
    assert sum(right for right, _ in result.by_class) == sum(after)
    assert (outcome.others, outcome.others_before) == (9, 0) and outcome.others_after > 0
    evaluated = model.evaluate(dataset.x_test / 255.0, dataset.y_test, verbose=0, return_dict=True)
    assert result.test_loss == pytest.approx(evaluated["loss"], rel=1e-4)
