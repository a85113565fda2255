"""Runs trained when MNIST came with only 4,000 images: they open, and the pages say so."""

import pytest

from fvapp.core.datasets.starter import was_trained_on_starter_set
from fvapp.core.events import EpochEnded, RunEnded, RunStarted
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator
from ui_pages import texts

NOTE = Translator("en")("datasets.starter_run")
RESULT = RunResult(0.3, 0.91, 0.4)
STARTER = RunSettings(dataset="mnist", epochs=1)


def events(train=3_600, validation=400):
    started = RunStarted(101_770, train, validation, steps_per_epoch=113, epochs=1)
    return (started, EpochEnded(1, 0.5, 0.85, 0.4, 0.9, seconds=0.4), RunEnded("done", RESULT))


def record(settings=STARTER):
    return RunRecord(
        "old", 1, settings, "done", epochs=1, epoch=1, parameters=101_770, result=RESULT
    )


@pytest.mark.parametrize("page", ["train", "compare"])
@pytest.mark.parametrize(("images", "said"), [((), True), ((54_000, 6_000), False)])
def test_a_run_of_the_starter_set_opens_and_says_so_and_one_on_all_images_does_not(
    own_page, engine, token, page, images, said
):
    engine.runs.add_run(token, record(), events(*images))
    app = own_page(page)
    assert not app.error and (NOTE in texts(app)) is said


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (STARTER, True),
        (STARTER.with_values(dataset="fashion_mnist"), False),
        (STARTER.with_values(train_images=1_000), False),
    ],
)
def test_only_runs_on_all_of_mnist_can_be_of_the_starter_set(settings, told):
    assert was_trained_on_starter_set(settings, events()) is told
    assert not was_trained_on_starter_set(settings, ())
