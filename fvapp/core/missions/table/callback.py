"""Mission 8: a callback that stops training when a target is reached."""

from fvapp.core.errors import CatalogueKey
from fvapp.core.missions.mission import NOTEBOOK, Runs, read_mission
from fvapp.core.missions.trials import MissionRuns, judge_only_learned_runs
from fvapp.core.missions.verdict import MissionVerdict, Outcome
from fvapp.core.wording import NumberClaim, share_as_percent

_TARGETED = {**NOTEBOOK, "hidden": (512,), "epochs": 10}


@judge_only_learned_runs()
def judge_stop_at_target(trials: MissionRuns) -> MissionVerdict:
    """Judge whether the training ends after the epoch in which the target is reached.

    The outcome is ``within_noise`` if the target was reached only in the last planned epoch, after
    which training would have ended anyway. It is ``neither`` if the patience setting ended training
    early.
    """
    (trial,) = trials
    settings = trial.settings
    epochs = trial.epochs[: trial.measured_result.target_epoch]
    value = getattr(epochs[-1], settings.target_metric)
    target = settings.target_value
    reached = trial.measured_result.stopped_by == "target"
    early = len(epochs) < settings.epochs
    outcomes: tuple[Outcome, Outcome] = (
        ("held", "within_noise") if reached else ("neither", "not_held")
    )
    as_text, least = (
        (share_as_percent, 1)
        if settings.target_metric.endswith("accuracy")
        else ("{:.{}f}".format, 3)
    )
    # Show enough digits to distinguish the measured value from the target value.
    digits = next(
        (n for n in range(least, least + 4) if as_text(value, n) != as_text(target, n)), least
    )

    return MissionVerdict(
        outcomes[not early],
        {
            "metric": CatalogueKey(f"settings.target_metric.choices.{settings.target_metric}"),
            "target": as_text(target, digits),
            "value": as_text(value, digits),
            "epoch": str(len(epochs)),
            "epochs": str(settings.epochs),
            "test": share_as_percent(trial.test_accuracy),
        },
        claims=(NumberClaim("below" if early else "at_least", "epoch", "epochs"),),
    )


def _settings_until_target(metric: str, value: float) -> Runs:
    return ({**_TARGETED, "target_metric": metric, "target_value": value},)


MISSION = read_mission(
    __file__,
    variants={
        "loss_04": _settings_until_target("loss", 0.4),  # the target in the course notebook
        "accuracy_88": _settings_until_target("accuracy", 0.88),
        "accuracy_91": _settings_until_target("accuracy", 0.91),
        "accuracy_95": _settings_until_target("accuracy", 0.95),
    },
    judge=judge_stop_at_target,
)
