"""Mission 6: trained too long, and how sure a network is then."""

from __future__ import annotations

from collections.abc import Callable

from fvapp.core.answers import Answer
from fvapp.core.missions.comparing import margin_of
from fvapp.core.missions.mission import CHOOSING, Mission, Question
from fvapp.core.missions.trials import Trials, unless_broken
from fvapp.core.missions.verdict import OUTCOMES, Outcome, Verdict
from fvapp.core.results.overfitting import FitKind, judge_fit
from fvapp.core.wording import Difference, loss_text, percent

_PARTING = {1: "epochs.accuracy_rose", 0: "epochs.accuracy_stayed", -1: "epochs.accuracy_fell"}


@unless_broken
def judge_long_training(trials: Trials) -> Verdict:
    """Judge "trained too long, a network gets worse on images it does not learn from".

    It is judged on the longest run, by the rule of :mod:`fvapp.core.results.overfitting`. Loss and accuracy can part,
    so what the validation accuracy did is said beside it.
    """
    longest = max(trials, key=lambda trial: len(trial.epochs))
    fit = judge_fit(longest.points, longest.settings)
    outcomes: dict[FitKind, Outcome] = {
        "overfits": "held",
        "falls": "not_held",
        "level": "within_noise",
        "worse": "neither",
    }
    chosen = min(trials, key=lambda trial: trial.epochs[-1].val_loss)
    accuracy = Difference.of(fit.best_val_accuracy, fit.last_val_accuracy, margin_of(longest))
    return Verdict(
        outcomes.get(fit.kind, "untold"),
        {
            "epochs": str(fit.last_epoch),
            "best_epoch": str(fit.best_epoch),
            "best_val_loss": loss_text(fit.best_val_loss),
            "last_val_loss": loss_text(fit.last_val_loss),
            "best_loss": loss_text(fit.best_loss),
            "last_loss": loss_text(fit.last_loss),
            "rise": percent(max(0.0, fit.rise)),
            "margin": percent(fit.margin),
            "best_val_accuracy": accuracy.before,
            "last_val_accuracy": accuracy.after,
            "chosen": str(len(chosen.epochs)),
            "test": percent(chosen.test_accuracy),
        },
        (
            *((f"epochs.{fit.kind}",) if fit.kind in ("unsure", "cannot_say") else ()),
            *((_PARTING[accuracy.way],) if fit.overfits else ()),
            "epochs.measured",
        ),
        ("held",) if fit.kind == "level" else () if fit.kind in outcomes else OUTCOMES,
    )


def judge_sureness(short: Answer, long: Answer, label: int, class_name: Callable[[int], str]) -> Verdict:
    """Judge "trained longer, a network is surer of the same image".

    held: it is, and right; neither: it is surer, and wrong; not_held: it is not surer, as far as is shown.

    Args:
        short, long: what the two networks say about the image.
        label: its true class.
        class_name: from a label to its name in words.
    """
    surer = long.confidence > short.confidence and percent(long.confidence) != percent(short.confidence)
    outcome: Outcome = "not_held" if not surer else "held" if long.label == label else "neither"
    return Verdict(
        outcome,
        {
            "label": str(label),
            "name": class_name(label),
            "short_name": class_name(short.label),
            "short_share": percent(short.confidence),
            "long_name": class_name(long.label),
            "long_share": percent(long.confidence),
        },
    )


MISSION = Mission(
    "epochs",
    "6",
    ("not_held", "within_noise", "held"),
    (Question("best", "a"),),
    ("epoch", "loss", "validation", "overfitting", "dropout", "early_stopping"),
    runs=tuple({**CHOOSING, "epochs": epochs} for epochs in (5, 15, 30)),
    judge=judge_long_training,
    outcomes=(*OUTCOMES, "neither", "untold"),
    shows=("overfitting", "table"),
    noted=("same_image.note",),
)
