"""Mission 6: how training for too long affects accuracy and confidence on new images."""

from fvapp.core.answers import Answer
from fvapp.core.missions.comparing import chance_margin, class_name_or_catalogue_key
from fvapp.core.missions.mission import CHOOSING, read_mission
from fvapp.core.missions.trials import MissionRuns, judge_only_learned_runs, require_measured_number
from fvapp.core.missions.verdict import OUTCOMES, MissionVerdict, Outcome
from fvapp.core.results.overfitting import FitKind, diagnose_fit
from fvapp.core.wording import AccuracyDifference, share_as_percent

_PARTING = {1: "epochs.accuracy_rose", 0: "epochs.accuracy_stayed", -1: "epochs.accuracy_fell"}


@judge_only_learned_runs()
def judge_long_training(trials: MissionRuns) -> MissionVerdict:
    """Judge whether training for too long makes a network worse on images it did not train on.

    Only the loss of the longest run is judged, by the rule in
    :mod:`fvapp.core.results.overfitting`. The accuracy can change differently, so another sentence
    describes the change of the validation accuracy.
    """
    longest = max(trials, key=lambda trial: len(trial.epochs))
    fit = diagnose_fit(longest.epoch_columns, longest.settings)
    outcomes: dict[FitKind, Outcome] = {
        "overfits": "held",
        "falls": "not_held",
        "level": "within_noise",
        "worse": "neither",
    }
    chosen = min(trials, key=lambda trial: require_measured_number(trial.epochs[-1].val_loss))
    accuracy = AccuracyDifference.from_accuracies(
        fit.best_window_means.val_accuracy,
        fit.last_window_means.val_accuracy,
        chance_margin(longest),
    )
    further = ["epochs.measured"]
    claims = [*fit.number_claims]
    undecided = () if fit.fit_kind in outcomes else OUTCOMES
    if fit.overfits:
        further.insert(0, _PARTING[accuracy.direction])
        claims.append(accuracy.as_number_claim("best_val_accuracy", "last_val_accuracy", "chance"))
    elif fit.fit_kind == "cannot_say":
        further.insert(0, "epochs.cannot_say")
    elif fit.fit_kind in ("altered", "few"):
        further.insert(0, f"compare.fit.{fit.fit_kind}")
    elif fit.fit_kind == "level":
        undecided = ("held",)

    return MissionVerdict(
        outcomes.get(fit.fit_kind, "untold"),
        {
            **fit.sentence_values,
            **accuracy.as_sentence_values(
                "best_val_accuracy", "last_val_accuracy", "moved", "chance"
            ),
            "chosen": str(len(chosen.epochs)),
            "test": share_as_percent(chosen.test_accuracy),
        },
        tuple(further),
        undecided,
        trials.index(chosen),
        tuple(claims),
    )


def judge_sureness(short: Answer, long: Answer, label: int) -> MissionVerdict:
    """Judge whether longer training makes a network surer of its answer to an image.

    The outcome is ``held`` if the longer-trained network is surer and correct, ``neither`` if it is
    surer but wrong, and ``not_held`` if its share is not higher as displayed.

    Args:
        short, long: answers to the image from the networks trained for less and more time.
        label: true class of the image.
    """
    short_share = share_as_percent(short.confidence)
    long_share = share_as_percent(long.confidence)
    outcome: Outcome = "held" if long.predicted_label == label else "neither"
    if long.confidence <= short.confidence or long_share == short_share:
        outcome = "not_held"
    return MissionVerdict(
        outcome,
        {
            "label": str(label),
            "name": class_name_or_catalogue_key(MISSION.dataset, label),
            "short_name": class_name_or_catalogue_key(MISSION.dataset, short.predicted_label),
            "short_share": short_share,
            "long_name": class_name_or_catalogue_key(MISSION.dataset, long.predicted_label),
            "long_share": long_share,
        },
    )


MISSION = read_mission(
    __file__,
    runs=tuple({**CHOOSING, "epochs": epochs} for epochs in (5, 15, 30)),
    judge=judge_long_training,
)
