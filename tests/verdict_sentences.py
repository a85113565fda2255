"""Made-up runs for every outcome of every mission, and all sentences that they lead to."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.errors import translate_keys
from fvapp.core.events import EpochEnded
from fvapp.core.missions import MISSIONS, MissionRun, MissionVerdict
from fvapp.core.missions.table.epochs import judge_sureness
from fvapp.core.missions.table.look import judge_zero_pixels
from fvapp.core.missions.table.outputs import judge_largest_share
from fvapp.core.results.statistics import compare_groups, verdict_sentence
from fvapp.core.runs import KerasError, RunResult
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator

CLAIMS = dict(
    pair
    for mission in MISSIONS.values()
    for pair in (
        (mission.id, mission),
        mission.second_prediction
        and (f"{mission.id}.{mission.second_prediction.name}", mission.second_prediction),
    )
    if pair
)
"""Name of a claim -> the mission or the second prediction that makes this claim."""

RANK_ERROR = (
    "Argument `output` must have rank (ndim) `target.ndim - 1`. "
    "Received: target.shape=(None,), output.shape=(None, 28, 10)"
)
LABEL_ERROR = (
    "Graph execution error:\n\n"
    "Detected at node compile_loss/sparse_categorical_crossentropy defined at (most recent call last):\n"
    '  File "trainer.py", line 320, in fit\n\n'
    "Received a label value of 9 which is outside the valid range of [0, 5).  Label values: 6 8 9 2 0\n"
    "\t [[{{node compile_loss}}]] [Op:__inference_multi_step_on_iterator_1]"
)


def epochs(losses, accuracies=None, val_losses=None, val_accuracies=None, seconds=0.5):
    """Make up a run's epochs from its columns."""
    none = [None] * len(losses)
    columns = (
        losses,
        accuracies or [0.9] * len(losses),
        val_losses or none,
        val_accuracies or none,
    )
    return tuple(
        EpochEnded(number, *row, seconds)
        for number, row in enumerate(zip(*columns, strict=True), start=1)
    )


def trials(mission, *changes, **base):
    """Make up one finished trial for each run of a mission, with a change to each."""
    made = []
    result = RunResult(0.35, 0.88, 3.0)
    settings = MISSIONS[mission].run_settings(RunSettings(**base)) * (
        1 + len(MISSIONS[mission].teaching_ways)
    )
    for one, change in zip(settings, changes, strict=True):
        done = MissionRun(
            one, "done", 1_000 * sum(one.hidden), epochs([0.5] * one.epochs), result=result
        )
        made.append(replace(done, **change))
    return made


def scored(accuracy, **more):
    """Return a change that sets a trial's test accuracy."""
    return {"result": RunResult(0.35, accuracy, 3.0, **more)}


def recognised(accuracy, label, right, **more):
    """Return a change that sets the test accuracy, and a class's correct answers out of 1,000."""
    by_class = tuple((right if one == label else 880, 1_000) for one in range(10))
    return scored(accuracy, by_class=by_class, **more)


def taught_wrong(*accuracies):
    """Return changes that set the test accuracies of mission 11's runs."""
    return [recognised(accuracy, 6, 700) for accuracy in accuracies]


def without_shirts(accuracy, right):
    """Return changes to mission 12's runs; the arguments apply to the third run."""
    return [recognised(0.88, 6, 730), recognised(0.87, 6, 280), recognised(accuracy, 6, right)]


def with_mark(right, taken):
    """Return a change that sets how mission 13's network classifies marked images."""
    return [recognised(0.8, 9, right, marked_accuracy=0.6, marked_taken=taken)]


def taught_drawings(only, mixed):
    """Return changes that set the test accuracies of mission 14's runs; the first has 97.9%."""
    return [recognised(0.979, 1, 990), recognised(only, 1, 940), recognised(mixed, 1, 985)]


def validated(accuracy, seconds=0.5):
    """Return a change that sets the last epoch's validation accuracy and the seconds per epoch."""
    return {"epochs": epochs([0.5], None, [0.4], [accuracy], seconds)}


def failed(message):
    return {
        "state": "failed",
        "result": None,
        "epochs": (),
        "error": KerasError("builtins.ValueError", message),
    }


def course(val_losses, losses=None, val_accuracies=None):
    """Return a change that sets the validation losses of a trial's epochs.

    Unless given, the training loss falls steadily.
    """
    count = len(val_losses)
    losses = losses or [0.4 - 0.3 * place / count for place in range(count)]
    return {"epochs": epochs(losses, [0.95] * count, val_losses, val_accuracies or [0.88] * count)}


def pixels(first, last, accuracy):
    return {"epochs": epochs([first, last], None, [0.4, 0.3], [accuracy, accuracy])}


SHORT = course([0.5, 0.45, 0.42, 0.41])
DOWN = [0.50, 0.44, 0.40, 0.38, 0.37, 0.36, 0.355, 0.35]
UP = [*DOWN, 0.36, 0.38, 0.40, 0.43, 0.46, 0.50]
LEVEL = [*DOWN, 0.351, 0.350, 0.352, 0.351, 0.352]

MADE_UP = {
    ("network", "held"): [scored(0.85) | {"epochs": epochs([0.5], [0.891])}],
    ("network", "not_held"): [scored(0.92) | {"epochs": epochs([0.5], [0.85])}],
    ("network", "within_noise"): [scored(0.888) | {"epochs": epochs([0.5], [0.889])}],
    ("neurons", "held"): [validated(0.93), validated(0.95), validated(0.97), validated(0.975, 1.1)],
    ("neurons", "not_held"): [
        validated(0.97),
        validated(0.96),
        validated(0.95),
        validated(0.92, 1.1),
    ],
    ("neurons", "within_noise"): [
        validated(0.970),
        validated(0.97),
        validated(0.971),
        validated(0.971, 1.1),
    ],
    ("neurons.doubling", "held"): [
        validated(0.93),
        validated(0.95),
        validated(0.93),
        validated(0.975, 1.1),
    ],
    ("neurons.doubling", "not_held"): [
        validated(0.93),
        validated(0.95),
        validated(0.93),
        validated(0.975, 0.52),
    ],
    ("neurons.doubling", "within_noise"): [
        validated(0.93),
        validated(0.95),
        validated(0.97),
        validated(0.971, 1.1),
    ],
    ("neurons.doubling", "neither"): [
        validated(0.93),
        validated(0.95),
        validated(0.97),
        validated(0.95, 1.1),
    ],
    ("layers", "held"): [validated(0.96), validated(0.98)],
    ("layers", "not_held"): [validated(0.98), validated(0.96)],
    ("layers", "within_noise"): [validated(0.98), validated(0.981)],
    ("no_flatten", "held"): [failed(RANK_ERROR)],
    ("no_flatten", "not_held"): [{}],
    ("no_flatten", "within_noise"): [failed("The disk is full.")],
    ("five_outputs", "held"): [failed(LABEL_ERROR), {}],
    ("five_outputs", "not_held"): [{"epochs": epochs([float("nan")])}, {}],
    ("five_outputs", "within_noise"): [failed(RANK_ERROR), {}],
    ("five_outputs.twelve", "held"): [failed(LABEL_ERROR), scored(0.87)],
    ("five_outputs.twelve", "not_held"): [failed(LABEL_ERROR), failed(LABEL_ERROR)],
    ("five_outputs.twelve", "within_noise"): [failed(LABEL_ERROR), scored(0.1)],
    ("epochs", "held"): [SHORT, SHORT, course(UP)],
    ("epochs", "not_held"): [SHORT, SHORT, course(DOWN)],
    ("epochs", "within_noise"): [SHORT, SHORT, course(LEVEL)],
    ("epochs", "neither"): [
        SHORT,
        SHORT,
        course(UP, [0.3 + 0.02 * place for place in range(len(UP))]),
    ],
    ("epochs", "untold"): [course([0.5, 0.45, 0.42])] * 3,
    ("raw_pixels", "held"): [pixels(0.2, 0.1, 0.98), pixels(2.66, 0.3, 0.95)],
    ("raw_pixels", "not_held"): [pixels(0.2, 0.1, 0.98), pixels(2.66, 2.3, 0.10)],
    ("raw_pixels", "within_noise"): [pixels(0.5, 0.3, 0.98), pixels(0.6, 0.3, 0.98)],
    ("raw_pixels", "neither"): [pixels(0.475, 0.3, 0.88), pixels(0.9, 0.46, 0.80)],
    ("callback", "held"): [
        scored(0.86, stopped_by="target") | {"epochs": epochs([0.5, 0.38], [0.9, 0.915])}
    ],
    ("callback", "not_held"): [scored(0.80) | {"epochs": epochs([0.6] * 10)}],
    ("callback", "within_noise"): [
        scored(0.86, stopped_by="target") | {"epochs": epochs([0.6] * 10, [*[0.9] * 9, 0.912])}
    ],
    ("wrong_labels", "held"): taught_wrong(0.87, 0.83, 0.63, 0.8, 0.66),
    ("wrong_labels", "within_noise"): taught_wrong(0.87, 0.7, 0.63, 0.8, 0.66),
    ("wrong_labels", "not_held"): taught_wrong(0.87, 0.5, 0.4, 0.8, 0.66),
    ("wrong_labels.longer", "held"): taught_wrong(0.87, 0.83, 0.63, 0.8, 0.66),
    ("wrong_labels.longer", "within_noise"): taught_wrong(0.87, 0.83, 0.63, 0.8, 0.801),
    ("wrong_labels.longer", "not_held"): taught_wrong(0.87, 0.83, 0.63, 0.66, 0.8),
    ("missing", "held"): without_shirts(0.84, 0),
    ("missing", "within_noise"): without_shirts(0.8, 0),
    ("missing", "not_held"): without_shirts(0.6, 0),
    ("missing.shirts", "held"): without_shirts(0.84, 0),
    ("missing.shirts", "within_noise"): without_shirts(0.84, 250),
    ("missing.shirts", "not_held"): without_shirts(0.84, 600),
    ("wrong_reason", "held"): with_mark(0, 0.3),
    ("wrong_reason", "within_noise"): with_mark(300, 0.3),
    ("wrong_reason", "not_held"): with_mark(800, 0.3),
    ("wrong_reason.taken", "held"): with_mark(0, 0.3),
    ("wrong_reason.taken", "within_noise"): with_mark(0, 0.05),
    ("wrong_reason.taken", "not_held"): with_mark(0, 0.002),
    ("teach", "held"): taught_drawings(0.97, 0.977),
    ("teach", "within_noise"): taught_drawings(0.978, 0.979),
    ("teach", "not_held"): taught_drawings(0.983, 0.984),
    ("teach.mixed_in", "held"): taught_drawings(0.97, 0.977),
    ("teach.mixed_in", "within_noise"): taught_drawings(0.978, 0.979),
    ("teach.mixed_in", "not_held"): taught_drawings(0.97, 0.96),
    ("callback", "neither"): [
        scored(0.86, stopped_by="patience") | {"epochs": epochs([0.6] * 4, [0.9] * 4)}
    ],
}
"""Claim and outcome -> how the made-up runs with this outcome differ from ordinary runs."""

PARTING = {
    "accuracy_rose": course(UP, None, [*[0.86] * 8, *[0.91] * 6]),
    "accuracy_stayed": course(UP, None, [0.88] * 14),
    "accuracy_fell": course(UP, None, [*[0.90] * 9, *[0.84] * 5]),
}
"""What the accuracy does while the loss indicates overfitting -> the long run of mission 6."""


def judge(claim: str, changes, **base) -> MissionVerdict:
    """Return the verdict on ``mission`` or on ``mission.second_prediction``."""
    mission, _, second = claim.partition(".")
    row = MISSIONS[mission]
    return (row.second_prediction if second else row).judge(trials(mission, *changes, **base))


def answer(**shares):
    """Make up an answer from shares such as ``c7=0.9``; other classes share the rest equally."""
    named = {int(name[1:]): share for name, share in shares.items()}
    rest = (1 - sum(named.values())) / (10 - len(named))
    probabilities = tuple(named.get(label, rest) for label in range(10))
    return Answer(probabilities)


def image_with_zeros(zeros):
    image = np.full(784, 255, np.uint8)
    image[:zeros] = 0
    return image.reshape(28, 28)


ANSWERS = {
    "held": answer(c9=0.97),
    "not_held": answer(c7=0.9),
    "within_noise": answer(c9=0.5, c7=0.45),
}
ZEROS = {"held": 447, "not_held": 300, "within_noise": 351}
SURENESS = {
    "held": (answer(c9=0.6), answer(c9=0.99)),
    "not_held": (answer(c9=0.9), answer(c9=0.8)),
    "neither": (answer(c7=0.6), answer(c7=0.99)),
}
GROUPS = {
    "more": ((0.880, 0.882, 0.881), (0.890, 0.893, 0.891)),
    "less": ((0.880, 0.884, 0.877), (0.881, 0.879, 0.883)),
    "cannot_say": ((0.880, 0.890, 0.870), (0.888, 0.899, 0.886)),
    "coarse": ((0.930, 0.930), (0.9305, 0.9305)),
    "single": ((0.88,), (0.89,)),
}


def every_sentence(language: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each claim and outcome with its sentences, for verdicts on runs, images and answers."""
    t = Translator(language)

    for outcome, zeros in ZEROS.items():
        yield (
            "look",
            outcome,
            judge_zero_pixels(42, image_with_zeros(zeros)).verdict_sentences("look", t),
        )
    for outcome, given in ANSWERS.items():
        yield "outputs", outcome, judge_largest_share(given, 9).verdict_sentences("outputs", t)
    for (claim, outcome), changes in MADE_UP.items():
        yield claim, outcome, judge(claim, changes).verdict_sentences(claim, t)
    for outcome, long in PARTING.items():
        yield (
            "epochs",
            outcome,
            judge("epochs", [SHORT, SHORT, long]).verdict_sentences("epochs", t),
        )
    for outcome, pair in SURENESS.items():
        values = translate_keys(judge_sureness(*pair, 9).values, t)
        facts = t("missions.epochs.same_image.facts", index=34, short=5, long=30, **values)
        yield "epochs.same_image", outcome, (facts, t(f"missions.epochs.same_image.{outcome}"))
    for outcome, groups in GROUPS.items():
        yield (
            "compare.verdict",
            outcome,
            (verdict_sentence(compare_groups(*groups, 6_000), "Run 1", "Run 2", t),),
        )
