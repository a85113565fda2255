"""The rules of the hunt, a contest in which a school class looks for the best network.

Until the teacher reveals the test results, networks are compared only by validation accuracy. The
test accuracy then shows the point of the lesson: the best of many networks was partly lucky on the
images by which it was chosen. Test images can also be harder than validation images. The results of
networks that nobody chose show how much of the accuracy drop is due to harder images, so that this
part can be subtracted from the drop.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from math import isfinite
from typing import NamedTuple

from fvapp.core.dataset_table import READY_MADE
from fvapp.core.errors import EngineError
from fvapp.core.events import TEST_EVENTS, Event
from fvapp.core.results.chance import expected_test_accuracy
from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters
from fvapp.core.wording import AccuracyDifference

ATTEMPTS = 3
BUDGET_CHOICES = READY_MADE, (10_000, 25_000, 50_000, 110_000, 500_000), (1, 2, 3, 5, 10)
"""The data sets, parameter limits and epoch limits from which a teacher can choose for a hunt.

A hunt is a contest for the best network. The choices become the fields of a :class:`HuntBudget`.
"""

# Parameter limit of hunts (contests between networks) in earlier versions of the app. The limit is
# slightly below the size of the default network.
_EARLIER = (100_000,)

SAME_IMAGES = (
    "train_images",
    "validation_split",
    "wrong_labels",
    "rare_class",
    "marked_class",
    "examples",
    "exchange",
)
"""Settings that keep their defaults in a hunt, so that all networks get the same images.

A hunt is a contest for the best network.
"""


class HuntBudget(NamedTuple):
    """The data set of a hunt (a contest between networks), and its limits on size and training.

    Attributes:
        parameters, epochs: the maximum number of parameters of a network, and the maximum number of
            epochs that it trains.
    """

    dataset: str = "fashion_mnist"
    parameters: int = 110_000
    epochs: int = 5

    def with_hunt_dataset(self, wanted: RunSettings) -> RunSettings:
        """Return the student's settings with the data set and images of the hunt (contest)."""
        return wanted.settings_for_dataset(self.dataset).with_values(
            **{name: getattr(RunSettings, name) for name in SAME_IMAGES}
        )

    def check_within_budget(self, settings: RunSettings) -> RunSettings:
        """Return `settings` if they are within the limits of the hunt (the contest).

        Raises:
            EngineError: ``hunt_parameters``: the network has too many parameters; ``hunt_epochs``:
                the run has too many epochs.
        """
        if (parameters := count_parameters(settings)) > self.parameters:
            raise EngineError(
                "hunt_parameters", parameters=f"{parameters:,}", most=f"{self.parameters:,}"
            )
        if settings.epochs > self.epochs:
            raise EngineError("hunt_epochs", epochs=settings.epochs, most=self.epochs)
        return settings


_DATA, _PARAMETERS, _EPOCHS = BUDGET_CHOICES
BUDGETS = {
    " ".join(map(str, budget)): HuntBudget(*budget)
    for budget in product(_DATA, _PARAMETERS + _EARLIER, _EPOCHS)
}
"""Subject of a round, such as ``mnist 110000 5`` -> the data set and the limits of its hunt.

A hunt is a contest for the best network.
"""


class TestResultSeal(NamedTuple):
    """Hides the test results of a hunt (a contest between networks) until they are revealed.

    Anyone who knew a run's seed could train the same run outside the hunt and see its test
    accuracy. A run's weights, and its answers to test images, are hidden because they also reveal
    the test accuracy.

    Attributes:
        seed_mask: the round's secret number. A run is trained with the student's seed XOR this
            number.
    """

    hunt_budget: HuntBudget
    seed_mask: int

    def attempt_settings(self, wanted: RunSettings) -> RunSettings:
        """Return the settings to train in the hunt (contest): the student's, with a masked seed.

        Raises:
            EngineError: see :meth:`HuntBudget.check_within_budget`.
        """
        return self._mask_seed(
            self.hunt_budget.check_within_budget(self.hunt_budget.with_hunt_dataset(wanted))
        )

    def hide_hunt_result(self, record: RunRecord) -> RunRecord:
        """Return a run's record without the result, and with the seed that the student chose."""
        return replace(record, settings=self._mask_seed(record.settings), result=None, sealed=True)

    def drop_test_result_events(self, events: Sequence[Event]) -> list[Event]:
        """Return only those events of a run that reveal nothing about test images."""
        return [event for event in events if not isinstance(event, TEST_EVENTS)]

    def _mask_seed(self, settings: RunSettings) -> RunSettings:
        return settings.with_values(seed=settings.seed ^ self.seed_mask)


class HuntAttempt(NamedTuple):
    """A finished training run in a hunt (a contest between networks).

    Attributes:
        student_id: id of the student who trained the network.
        public_name: the student's nickname if the projector may show it, else empty.
        val_accuracy, test_accuracy: accuracies from 0 to 1; the test accuracy is None until the
            results are revealed.
    """

    student_id: str
    public_name: str
    parameter_count: int
    val_accuracy: float
    test_accuracy: float | None = None


def runs_counted_as_attempts(runs: Iterable[RunRecord], group: str | None) -> list[RunRecord]:
    """Return a student's runs that count as attempts in the contest.

    Failed or lost runs, and runs that were stopped before their network was built, do not count.
    """
    of_group = [run for run in runs if run.group == group and run.state not in ("failed", "lost")]
    return [run for run in of_group if run.parameters or run.state in ACTIVE]


def ended_attempts(
    tries: Iterable[RunRecord], revealed: bool, student: str = "", name: str = ""
) -> tuple[HuntAttempt, ...]:
    """Return a student's attempts in a hunt (contest) that trained for one or more epochs.

    Args:
        revealed: whether the test results are revealed. If so, attempts without a test result are
            left out, too, such as runs that were stopped while they were waiting or paused.
    """
    return tuple(
        HuntAttempt(
            student,
            name,
            run.parameters,
            run.val_accuracy,
            run.result.test_accuracy if run.result else None,
        )
        for run in tries
        if run.state in ("done", "stopped")
        and run.val_accuracy is not None
        and (run.result or not revealed)
    )


def best_attempt_of_each_student(tries: Iterable[HuntAttempt]) -> list[HuntAttempt]:
    """Return each student's best attempt in the contest by validation accuracy, highest first.

    Of attempts with equal accuracies, the earlier one comes first.
    """
    best: dict[str, HuntAttempt] = {}
    for attempt in sorted(tries, key=lambda attempt: -attempt.val_accuracy):
        best.setdefault(attempt.student_id, attempt)
    return list(best.values())


class AccuracyDrop(NamedTuple):
    """The drop from a network's validation accuracy to its test accuracy in a hunt (contest).

    Attributes:
        val_to_test_difference: the difference between the network's validation accuracy and its
            test accuracy.
        expected_to_test_difference: the difference between the expected test accuracy and the
            network's test accuracy. The expected test accuracy is that of unchosen networks:
            networks with the same validation accuracy that were not selected because of this
            accuracy.
        has_expected_test_accuracy: whether unchosen networks were measured on the data set.
        is_below_expected: whether the network's test accuracy is lower than expected.
    """

    val_to_test_difference: AccuracyDifference
    expected_to_test_difference: AccuracyDifference
    has_expected_test_accuracy: bool
    is_below_expected: bool


def measure_accuracy_drop(attempt: HuntAttempt, dataset: str) -> AccuracyDrop:
    """Return an attempt's drop from validation to test accuracy, and its expected test accuracy."""
    expected, margin = expected_test_accuracy(dataset, attempt.val_accuracy)
    measured = isfinite(margin)
    test = 0.0 if attempt.test_accuracy is None else attempt.test_accuracy
    shown = AccuracyDifference.from_accuracies(attempt.val_accuracy, test)
    beside = AccuracyDifference.from_accuracies(
        expected, test, margin if measured else 1.0, digits=1
    )
    return AccuracyDrop(shown, beside, measured, test < expected)
