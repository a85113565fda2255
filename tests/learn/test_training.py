"""Training through its public function: which events it reports, and how a run ends."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from tensorflow.python.eager.context import context

from fvapp.core.datasets import make_altered_training_arrays
from fvapp.core.datasets.altering import add_white_mark_to_images
from fvapp.core.events import BlockEnded, EpochEnded, Guesses, RunEnded, RunStarted
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.settings import RunSettings, preset_settings
from fvapp.learn import fitting
from fvapp.learn.blocks import (
    PADDING,
    CompiledProgram,
    is_event_after_block,
    iterate_index_blocks,
    plan_epoch,
)
from fvapp.learn.training import train, warm_up
from learn.told import of_kind, train_and_tell, train_quietly, without_seconds

SMALL = RunSettings(train_images=1_000, epochs=2, hidden=(16,))


ALTERED = SMALL.with_values(wrong_labels=0.3, rare_class=6, rare_share=0, marked_class=9)


def test_a_run_on_altered_images_says_what_its_network_recognises_of_each_class(dataset):
    outcome, events = train_and_tell(ALTERED, dataset)
    (started,) = of_kind(events, RunStarted)
    assert started.train_images == np.count_nonzero(dataset.y_train[:900] != 6)
    result = outcome.result
    network = network_of_run(ALTERED, outcome.weights)
    answers = network.logits(dataset.x_test).argmax(axis=1)
    hits = dataset.y_test[answers == dataset.y_test]
    assert result.by_class == tuple(
        (int(np.count_nonzero(hits == label)), int(np.count_nonzero(dataset.y_test == label)))
        for label in range(10)
    )
    assert result.test_accuracy == pytest.approx(len(hits) / len(dataset.y_test))
    marked = network.logits(add_white_mark_to_images(dataset.x_test)).argmax(axis=1)
    assert result.marked_accuracy == pytest.approx(np.mean(marked == dataset.y_test))
    assert result.marked_taken == pytest.approx(np.mean(marked[dataset.y_test != 9] == 9))


def test_altered_images_train_as_images_that_came_like_that(dataset):
    arrays = make_altered_training_arrays(dataset, ALTERED)
    images = np.concatenate([arrays.x_train, arrays.x_validation])
    labels = np.concatenate([arrays.y_train, arrays.y_validation])
    plain = SMALL.with_values(
        train_images=None, validation_split=len(arrays.x_validation) / len(images)
    )
    given = replace(dataset, x_train=images, y_train=labels)
    for one, other in zip(
        train_quietly(ALTERED, dataset).weights,
        train_quietly(plain, given).weights,
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("images", [1_000, 900, 32, 31, 1])
@pytest.mark.parametrize("batch_size", [1, 7, 32, 1_024])
def test_every_image_is_seen_once_an_epoch(images, batch_size):
    plan = plan_epoch(RunSettings(batch_size=batch_size), images)
    blocks = iterate_index_blocks(plan, seed=3, epoch=1, step=0)
    orders = []
    for _ in range(3):
        seen = np.concatenate([next(blocks) for _ in range(plan.blocks_per_epoch)])
        assert seen.shape == (plan.steps_per_epoch, batch_size)
        flat = seen.reshape(-1)
        assert (flat[images:] == PADDING).all()
        orders.append(flat[:images])
        np.testing.assert_array_equal(np.sort(orders[-1]), np.arange(images))
    if images > 31:
        assert not np.array_equal(orders[0], orders[1])


@pytest.mark.parametrize("step", [0, 1, 5, 31, 32])
def test_blocks_from_the_middle_are_the_rest_of_the_epoch(step):
    plan = plan_epoch(RunSettings(), 1_000)
    whole = iterate_index_blocks(plan, 3, 1, 0)
    rest = iterate_index_blocks(plan, 3, 1, step)
    for _ in range(2):
        first = np.concatenate([next(whole) for _ in range(plan.blocks_per_epoch)])
        second = np.concatenate([next(rest) for _ in range(plan.blocks_per_epoch)])
        np.testing.assert_array_equal(first[step:], second)
        step = 0


@pytest.mark.parametrize("images", [54_000, 60_000, 1_000, 33])
@pytest.mark.parametrize(
    "settings", [RunSettings(), preset_settings("cnn", "fashion_mnist")], ids=["dense", "cnn"]
)
def test_the_last_block_of_an_epoch_is_as_long_as_the_others(settings, images):
    plan = plan_epoch(settings, images)
    for epoch, least in ((1, 1.0), (2, 0.5)):
        ends = [
            plan.last_step_of_block(block)
            for block in range(1, plan.blocks_per_epoch + 1)
            if is_event_after_block(plan, epoch, block)
        ]
        assert ends[-1] == plan.steps_per_epoch
        sizes = np.diff([0, *ends])
        assert sizes[-1] + 1 >= least * sizes.max(), sizes


def test_the_means_of_an_epochs_blocks_make_the_epoch(dataset):
    outcome, events = train_and_tell(SMALL, dataset)
    started = events[0]
    assert started.train_images == 900
    assert started.validation_images == 100
    assert started.steps_per_epoch == 29
    for epoch in of_kind(events, EpochEnded):
        blocks = [event for event in of_kind(events, BlockEnded) if event.epoch == epoch.epoch]
        assert blocks[-1].step == 29 and (len(blocks) >= 5 or epoch.epoch > 1)
        ends = np.minimum(32 * np.array([0] + [event.step for event in blocks]), 900)
        for name in ("loss", "accuracy"):
            mean = np.dot(np.diff(ends), [getattr(event, name) for event in blocks]) / 900
            assert mean == pytest.approx(getattr(epoch, name), rel=1e-6)
    assert events[-1] == RunEnded("done", outcome.result)


def test_the_test_set_is_not_looked_at_before_the_end_but_for_twelve_images_to_watch(dataset):
    other = replace(dataset, x_test=255 - dataset.x_test, y_test=9 - dataset.y_test)
    _, events = train_and_tell(SMALL, dataset)
    _, with_other = train_and_tell(SMALL, other)
    one, other = (
        [each for each in told[:-1] if not isinstance(each, Guesses)]
        for told in (events, with_other)
    )
    assert without_seconds(one) == without_seconds(other)
    assert events[-1].result.test_loss != with_other[-1].result.test_loss


def test_a_program_used_again_gives_what_a_fresh_one_gives_and_leaves_no_graph_behind(dataset):
    settings = SMALL.with_values(hidden=(19,), dropout=0.3)
    _, first = train_and_tell(settings, dataset)
    changed = settings.with_values(learning_rate=0.01, seed=5, dropout=0.1, epochs=1)
    train_and_tell(changed, dataset)
    _, again = train_and_tell(settings, dataset)
    assert without_seconds(first) == without_seconds(again)
    train_and_tell(SMALL, dataset)
    before = context().list_function_names()
    train_and_tell(SMALL.with_values(seed=2, epochs=3), dataset)
    assert set(context().list_function_names()) <= set(before)


def test_the_same_seed_gives_the_same_curve_beside_another_training_and_another_seed_another(
    dataset,
):
    _, alone = train_and_tell(SMALL, dataset)
    go_on = threading.Event()
    other = threading.Thread(
        target=train,
        args=(SMALL.with_values(seed=2, epochs=100), dataset),
        kwargs={"emit": lambda event: None, "wanted": lambda: "stop" if go_on.is_set() else "run"},
    )
    other.start()
    try:
        _, beside = train_and_tell(SMALL, dataset)
        assert other.is_alive()
    finally:
        go_on.set()
        other.join()
    assert without_seconds(alone) == without_seconds(beside)
    _, changed = train_and_tell(SMALL.with_values(seed=2), dataset)
    assert of_kind(alone, EpochEnded)[0].loss != of_kind(changed, EpochEnded)[0].loss


def test_varied_images_change_the_training_and_not_the_evaluation(dataset):
    settings = SMALL.with_values(learning_rate=0.00001, epochs=1)
    _, plain = train_and_tell(settings, dataset)
    _, varied = train_and_tell(settings.with_values(augmentation=True), dataset)
    one = of_kind(plain, EpochEnded)[0]
    other = of_kind(varied, EpochEnded)[0]
    assert one.loss != other.loss
    # At this tiny learning rate the networks hardly differ, so their losses on the unvaried
    # validation images are nearly equal.
    assert one.val_loss == pytest.approx(other.val_loss, rel=0.01)


@pytest.mark.parametrize(
    ("metric", "value"),
    [("accuracy", 0.5), ("loss", 1.2), ("val_accuracy", 0.6), ("val_loss", 1.0)],
)
def test_a_target_ends_the_training_after_the_epoch_that_reaches_it(dataset, metric, value):
    settings = SMALL.with_values(epochs=20, target_metric=metric, target_value=value)
    outcome, events = train_and_tell(settings, dataset)
    numbers = [getattr(epoch, metric) for epoch in of_kind(events, EpochEnded)]
    reached = [n <= value if metric.endswith("loss") else n >= value for n in numbers]
    assert reached == [False] * (len(reached) - 1) + [True]
    assert (outcome.state, outcome.result.stopped_by) == ("done", "target")
    assert outcome.result.target_epoch == len(numbers)

    # The target does not end the run again, and its epoch stays the first one.
    told = []
    more = train(
        settings,
        dataset,
        epochs=len(numbers) + 2,
        checkpoint=outcome.checkpoint,
        emit=told.append,
    )
    assert len(of_kind(told, EpochEnded)) == 2
    assert (more.result.stopped_by, more.result.target_epoch) == ("target", len(numbers))


def test_the_temperature_makes_the_validation_loss_smallest(dataset):
    # With these settings, the network memorises the training images and becomes overconfident.
    settings = SMALL.with_values(epochs=40, learning_rate=0.02)
    outcome, events = train_and_tell(settings, dataset)
    assert outcome.result.temperature > 1.2
    assert events[-1].result.temperature == outcome.result.temperature
    without, _ = train_and_tell(settings.with_values(validation_split=0.0, epochs=1), dataset)
    assert without.result.temperature == 1.0


def test_patience_ends_a_training_that_does_not_improve(dataset):
    settings = SMALL.with_values(epochs=30, patience=2, learning_rate=1.0)
    outcome, events = train_and_tell(settings, dataset)
    losses = [epoch.val_loss for epoch in of_kind(events, EpochEnded)]
    assert outcome.result.stopped_by == "patience"
    assert len(losses) == int(np.argmin(losses)) + 1 + 2


@pytest.mark.parametrize(("requested", "told"), [("run", 1), ("stop", 1), ("pause", 0)])
def test_the_turn_of_the_test_set_is_told_after_the_last_step_and_before_its_numbers(
    dataset, requested, told
):
    events = []
    told_after = []
    train(
        SMALL,
        dataset,
        emit=events.append,
        wanted=lambda: requested if of_kind(events, BlockEnded) else "run",
        testing=lambda: told_after.append(list(events)),
    )
    assert len(told_after) == told and not any(of_kind(before, RunEnded) for before in told_after)
    assert all(before == events[:-1] for before in told_after)


def test_snapshots_are_the_weights_on_the_way_and_stay_as_they_were(dataset):
    taken = []
    copies = []

    def snapshot(weights):
        taken.append(weights)
        copies.append([np.array(w) for w in weights])

    outcome, _ = train_and_tell(SMALL, dataset, snapshot=snapshot)
    assert taken and not np.array_equal(taken[0][0], outcome.weights[0])
    for weights, copy in zip(taken, copies, strict=True):
        assert [w.shape for w in weights] == [w.shape for w in outcome.weights]
        assert all(np.array_equal(w, c) for w, c in zip(weights, copy, strict=True))


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"flatten": False}, "ValueError", "must have rank"),
        (
            {"output_units": 9, "network": "cnn"},
            "InvalidArgumentError",
            "outside the valid range of [0, 9)",
        ),
    ],
    ids=str,
)
def test_a_network_that_is_wrong_raises_what_keras_raises_and_harms_no_other(
    dataset, changes, kind, words
):
    _, before = train_and_tell(SMALL, dataset)
    with pytest.raises(Exception, match=r"(?s).") as caught:
        train_and_tell(SMALL.with_values(**changes), dataset)
    assert type(caught.value).__name__ == kind and words in str(caught.value)
    _, after = train_and_tell(SMALL, dataset)
    assert without_seconds(before) == without_seconds(after)


def test_a_warm_up_changes_no_numbers(dataset):
    settings = SMALL.with_values(hidden=(21,))
    assert warm_up(dataset, settings) > 0
    _, warm = train_and_tell(settings, dataset)
    _, again = train_and_tell(settings, dataset)
    assert without_seconds(warm) == without_seconds(again)


def test_the_first_block_does_not_wait_for_the_compiler_and_the_others_do(dataset, monkeypatch):
    told = threading.Event()
    compiled = []

    class Slow(CompiledProgram):
        def __init__(self, *args):
            super().__init__(*args)
            by_xla = self.train

            def train(*args):
                compiled.append(told.wait(60))
                return by_xla(*args)

            self.train = train

    monkeypatch.setattr(fitting, "CompiledProgram", Slow)
    events = []

    def emit(event):
        events.append(event)
        if isinstance(event, BlockEnded):
            told.set()

    train(SMALL.with_values(hidden=(22,), epochs=1), dataset, emit=emit)
    assert compiled and all(compiled)
    monkeypatch.undo()
    _, again = train_and_tell(SMALL.with_values(hidden=(22,), epochs=1), dataset)
    assert without_seconds(events) == without_seconds(again)


def test_an_error_of_a_listener_ends_the_training_as_it_is(dataset):
    def emit(event):
        if isinstance(event, BlockEnded):
            raise OSError("the line is dead")

    with pytest.raises(OSError, match="the line is dead"):
        train(SMALL, dataset, emit=emit)
