"""Every text about a network that has learned nothing says so, and advises what to do."""

from dataclasses import replace
from math import nan

import pytest

from fvapp.core.dataset_table import make_own_dataset_name
from fvapp.core.documents.report import write_report
from fvapp.core.results.by_class import weak_result_warning
from fvapp.core.results.curves import EpochPoints, LearningCurves
from fvapp.core.results.learned import FEW_STEPS, least_learned_accuracy, unlearned_run_message
from fvapp.core.results.overfitting import diagnose_fit, overfitting_sentences
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings

ONE_CLASS = tuple((right, 1_000) for right in (0, 0, 0, 0, 0, 37, 0, 1_000, 0, 0))
STUCK = RunResult(2.31, 0.1037, 3.0, by_class=ONE_CLASS)
SETTINGS = RunSettings(learning_rate=1.0)


def record(number, result, **values):
    return RunRecord(
        f"r{number}", number, RunSettings(**values), "done", epochs=5, epoch=5, result=result
    )


@pytest.mark.parametrize(
    ("classes", "images", "least"),
    [(10, 10_000, 0.2), (3, 6_000, 0.407), (2, 6_000, 0.556), (3, 15, 0.577)],
)
def test_the_accuracy_that_counts_as_learned_is_higher_for_few_classes_and_few_images(
    classes, images, least
):
    assert least_learned_accuracy(classes, images) == pytest.approx(least, abs=0.001)


def test_the_advice_for_a_network_that_learned_nothing_depends_on_its_settings():
    def said(epochs, trained=None, **values):
        return unlearned_run_message(RunSettings(**values), STUCK, epochs, trained)[0]

    assert said(5) == "learned.elsewhere"
    assert said(5, learning_rate=1.0) == "learned.rate_high"
    assert said(5, learning_rate=1e-5) == "learned.rate_low"
    assert said(5, optimizer="sgd", learning_rate=0.01) == "learned.elsewhere"
    assert said(5, train_images=1_000, batch_size=1_024) == "learned.yet"
    assert said(0) == "learned.yet"  # the run was stopped within its first epoch
    assert said(FEW_STEPS, train_images=1_000, batch_size=900) == "learned.elsewhere"
    assert said(5, examples="only") == "learned.only"
    assert said(5, examples="only", trained=0.1, learning_rate=1.0) == "learned.rate_high"
    assert (
        said(5, trained=0.939, wrong_labels=0.9)
        == said(5, trained=0.1, wrong_labels=0.9)
        == "learned.labels"
    )
    assert said(5, trained=0.1, wrong_labels=0.5, learning_rate=1.0) == "learned.rate_high"
    assert said(5, trained=0.9) == "learned.by_heart"
    assert said(5, trained=0.9, dataset=make_own_dataset_name("abcdef")) == "learned.own"
    assert (
        unlearned_run_message(RunSettings(), replace(STUCK, test_loss=nan), 5)[0]
        == "learned.broken"
    )


@pytest.mark.parametrize(("right", "images"), [(2, 3), (1, 3), (0, 3), (3, 8)])
def test_nobody_can_tell_from_a_few_images_whether_a_network_learned_nothing(right, images):
    settings = RunSettings(make_own_dataset_name("abc"))
    by_class = (right, images), (0, 0), (0, 0)
    result = RunResult(1.1, right / images, 1.0, by_class=by_class)
    assert unlearned_run_message(settings, result, 1, 0.3) is None
    many = replace(result, by_class=((10 * right, 10 * images), *by_class[1:]))
    assert (unlearned_run_message(settings, many, 1, 0.3) is None) is (right / images > 0.5)


def test_fit_classes_and_report_name_a_network_that_learned_nothing(t):
    columns = (0.5, 0.4, 0.3, 0.2, 0.1)
    points = EpochPoints(
        (1, 2, 3, 4, 5), columns, columns, (0.3, 0.2, 0.3, 0.4, 0.5), columns, columns
    )
    sentence = t("learned.rate_high", accuracy="10.4%", chance="10%", rate="1", usual="0.001")
    fit = diagnose_fit(points, SETTINGS, STUCK)
    assert fit.fit_kind == "unlearned" and overfitting_sentences(fit, t) == sentence
    assert weak_result_warning(SETTINGS, STUCK, 5, ONE_CLASS, t) == sentence
    assert (
        write_report(record(1, STUCK), LearningCurves(epoch_points=points), t).count(
            sentence.split("。")[0].split(":")[0]
        )
        == 2
    )
