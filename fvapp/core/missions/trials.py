"""Represents a run of a mission, with all facts that are needed to judge the mission's claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from statistics import median

from fvapp.core.events import EpochEnded, Event, drop_undone_events
from fvapp.core.missions.verdict import MissionVerdict, unlearned_verdict
from fvapp.core.results.curves import EpochPoints, epoch_points, first_diverged_epoch
from fvapp.core.results.learned import unlearned_run_message
from fvapp.core.runs import KerasError, RunRecord, RunResult, RunState
from fvapp.core.settings import RunSettings


@dataclass(frozen=True)
class MissionRun:
    """A run of a mission, with everything that is needed to judge the run.

    Attributes:
        settings: settings of the run, including epochs that were added later.
        epochs: loss, accuracy and time of each completed epoch.
        result: None for a run without a model.
        error: the original Keras error of a run that failed.
    """

    settings: RunSettings
    state: RunState
    parameters: int = 0
    epochs: tuple[EpochEnded, ...] = ()
    result: RunResult | None = None
    error: KerasError | None = None

    @classmethod
    def from_run(cls, record: RunRecord, events: Iterable[Event]) -> MissionRun:
        """Return the mission run that a training run's record and events describe."""
        epochs = tuple(
            event for event in drop_undone_events(tuple(events)) if isinstance(event, EpochEnded)
        )
        return cls(
            record.final_settings,
            record.state,
            record.parameters,
            epochs,
            record.result,
            record.error,
        )

    @property
    def has_trained_to_end(self) -> bool:
        """Whether the run trained to the end, so that its numbers can be compared."""
        return self.state == "done" and self.result is not None and bool(self.epochs)

    @property
    def has_diverged(self) -> bool:
        """Whether any loss of the run was not finite, after which a network learns nothing."""
        return first_diverged_epoch(self.epoch_columns) is not None or (
            self.result is not None and self.result.has_diverged
        )

    @property
    def has_failed(self) -> bool:
        return self.state == "failed" and self.error is not None

    @property
    def test_accuracy(self) -> float:
        return self.measured_result.test_accuracy

    @property
    def measured_result(self) -> RunResult:
        """The result of the run, which must have a model.

        Raises:
            ValueError: the run has no result.
        """
        if self.result is None:
            raise ValueError("a run without a result")
        return self.result

    @property
    def seconds_per_epoch(self) -> float:
        """The median time of an epoch; a mean would include the first epoch's compilation."""
        return median(epoch.seconds for epoch in self.epochs)

    @property
    def val_accuracy(self) -> float:
        """The validation accuracy of the stored network, measured after the last epoch."""
        return require_measured_number(self.epochs[-1].val_accuracy)

    @property
    def epoch_columns(self) -> EpochPoints:
        """Loss, accuracy and other numbers of all epochs, as a column for each number."""
        return epoch_points(self.epochs)


MissionRuns = Sequence[MissionRun]
"""The runs of a mission, in the order in which the mission lists them."""

Judge = Callable[..., MissionVerdict]


def require_measured_number(number: float | None) -> float:
    """Return a loss or accuracy of an epoch that is known to exist.

    The decorator :func:`judge_only_learned_runs` makes sure that the number exists.

    Raises:
        ValueError: `number` is None.
    """
    if number is None:
        raise ValueError("an epoch without this number")
    return number


def judge_only_learned_runs(*places: int, by_class: bool = False) -> Callable[[Judge], Judge]:
    """Return a decorator that calls a judging function only if the runs can be judged.

    All losses must be finite, and the runs at `places` must have learned something. Otherwise the
    verdict is "broken".

    Args:
        places: positions of the runs that must have learned something; empty for all runs.
        by_class: whether all runs must have results for each class of images.
    """

    def wrap_judge(judge: Judge) -> Judge:
        @wraps(judge)
        def judge_if_learned(trials: MissionRuns, *more: object) -> MissionVerdict:
            if any(trial.has_diverged for trial in trials):
                return unlearned_verdict(("learned.broken", {}), "again")
            # Runs of earlier versions have no results by class.
            if by_class and not all(trial.measured_result.by_class for trial in trials):
                return MissionVerdict("broken", further=("page.unfinished",))
            for trial in [trials[place] for place in places] or trials:
                trained = trial.epochs[-1].accuracy if trial.epochs else None
                if nothing_learned := unlearned_run_message(
                    trial.settings, trial.measured_result, len(trial.epochs), trained
                ):
                    return unlearned_verdict(nothing_learned, "again")
            return judge(trials, *more)

        return judge_if_learned

    return wrap_judge
