"""Checks the app's sentences about runs against the numbers of these runs.

The checks were written independently of the app's rules, and use neither the rules' margins nor
their outcomes. A verdict states its claims about the numbers in its sentences as data (``says``).
`read_verdict` computes each of these numbers again from the runs, and checks the claims and the
words of each language against the numbers.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from math import isfinite
from statistics import median
from string import Formatter

import numpy as np
import pytest
import scipy.stats

from catalogue_texts import SHIPS
from contrasts import check
from fvapp.core.missions import MissionRun, find_error_line
from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.results.by_class import lowest_class_sentence, result_sentences
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.wording import class_names
from fvapp.i18n import Translator, read_catalogue

Read = Callable[[Sequence[MissionRun]], float]
TRANSLATORS = [Translator(language) for language in SHIPS]


def percent_of(name: str, place: int) -> Read:
    """Return a reader of a number in per cent, from a run's last epoch or from its result."""
    where = {"test_accuracy": "result"}.get(name)
    return lambda trials: (
        100 * getattr(trials[place].result if where else trials[place].epochs[-1], name)
    )


def by_width(place: int) -> Callable[[Sequence[MissionRun]], MissionRun]:
    return lambda trials: sorted(trials, key=lambda trial: trial.parameters)[place]


def of(
    find: Callable[[Sequence[MissionRun]], MissionRun], read: Callable[[MissionRun], float]
) -> Read:
    return lambda trials: read(find(trials))


def apart(first: Read, second: Read) -> Read:
    return lambda trials: abs(second(trials) - first(trials))


def val(trial: MissionRun) -> float:
    return 100 * trial.epochs[-1].val_accuracy


def test(trial: MissionRun) -> float:
    return 100 * trial.result.test_accuracy


def seconds(trial: MissionRun) -> float:
    return median(epoch.seconds for epoch in trial.epochs)


def raw(trials: Sequence[MissionRun]) -> MissionRun:
    return next(trial for trial in trials if not trial.settings.normalisation)


def normal(trials: Sequence[MissionRun]) -> MissionRun:
    return next(trial for trial in trials if trial.settings.normalisation)


def longest(trials: Sequence[MissionRun]) -> MissionRun:
    return max(trials, key=lambda trial: len(trial.epochs))


def lowest(trials: Sequence[MissionRun]) -> MissionRun:
    return min(trials, key=lambda trial: trial.epochs[-1].val_loss)


def window(column: str, at_end: bool) -> Callable[[MissionRun], float]:
    """Return a reader of a column's mean over three consecutive epochs.

    The epochs are the last three, or the three with the lowest mean validation loss.
    """

    def read(trial: MissionRun) -> float:
        means = np.convolve([epoch.val_loss for epoch in trial.epochs], np.ones(3) / 3, "valid")
        start = len(means) - 1 if at_end else int(means.argmin())
        return float(np.mean([getattr(epoch, column) for epoch in trial.epochs[start : start + 3]]))

    return read


def best_epoch(trial: MissionRun) -> int:
    """Return the best epoch of the three consecutive epochs with the lowest validation losses."""
    losses = [epoch.val_loss for epoch in trial.epochs]
    start = int(np.convolve(losses, np.ones(3) / 3, "valid").argmin())
    return start + 1 + int(np.argmin(losses[start : start + 3]))


def rare(place: int) -> Read:
    """Return a reader of the rare class's recall, in per cent."""

    def read(trials: Sequence[MissionRun]) -> float:
        right, images = trials[place].result.by_class[trials[-1].settings.rare_class]
        return 100 * right / images

    return read


NARROW = by_width(0)
WIDE = by_width(-1)
SECOND_WIDE = by_width(-2)
ONE, TWO = (
    lambda trials, n=n: next(each for each in trials if len(each.settings.hidden) == n)
    for n in (1, 2)
)
LOST = {"before": percent_of("test_accuracy", 0), "after": percent_of("test_accuracy", 1)}
SPENT = {"lost": lambda trials: LOST["before"](trials) - LOST["after"](trials)}
MISSED = {"before": percent_of("test_accuracy", 0), "after": percent_of("test_accuracy", -1)}
NUMBERS: Mapping[str, Mapping[str, Read]] = {
    "network": {"train": percent_of("accuracy", 0), "test": percent_of("test_accuracy", 0)}
    | {
        "gap": apart(percent_of("accuracy", 0), percent_of("test_accuracy", 0)),
        "images": lambda trials: 10_000,
    },
    "neurons": {
        "fewest": of(NARROW, lambda trial: trial.settings.hidden[0]),
        "most": of(WIDE, lambda trial: trial.settings.hidden[0]),
        "fewest_accuracy": of(NARROW, val),
        "most_accuracy": of(WIDE, val),
        "gain": apart(of(NARROW, val), of(WIDE, val)),
        "times_parameters": lambda trials: WIDE(trials).parameters / NARROW(trials).parameters,
        "times_seconds": lambda trials: seconds(WIDE(trials)) / seconds(NARROW(trials)),
    },
    "neurons.doubling": {
        "before": of(SECOND_WIDE, lambda trial: trial.settings.hidden[0]),
        "after": of(WIDE, lambda trial: trial.settings.hidden[0]),
        "before_accuracy": of(SECOND_WIDE, val),
        "after_accuracy": of(WIDE, val),
        "gain": apart(of(SECOND_WIDE, val), of(WIDE, val)),
        "signed_gain": lambda trials: val(WIDE(trials)) - val(SECOND_WIDE(trials)),
        "times_seconds": lambda trials: seconds(WIDE(trials)) / seconds(SECOND_WIDE(trials)),
    },
    "layers": {
        "one_accuracy": of(ONE, val),
        "two_accuracy": of(TWO, val),
        "gain": apart(of(ONE, val), of(TWO, val)),
        "one_parameters": of(ONE, lambda trial: trial.parameters),
        "two_parameters": of(TWO, lambda trial: trial.parameters),
    },
    "no_flatten": {
        "loss": lambda trials: trials[0].epochs[-1].loss,
        "test": percent_of("test_accuracy", 0),
    },
    "five_outputs": {
        "loss": lambda trials: trials[0].epochs[-1].loss,
        "test": percent_of("test_accuracy", 0),
    },
    "five_outputs.twelve": {
        "loss": lambda trials: trials[-1].epochs[-1].loss,
        "test": percent_of("test_accuracy", -1),
    },
    "epochs": {
        "last": of(longest, lambda trial: trial.epochs[-1].epoch),
        "best": of(longest, lambda trial: best_epoch(trial)),
        **{f"best_{name}": of(longest, window(name, False)) for name in ("loss", "val_loss")},
        **{f"last_{name}": of(longest, window(name, True)) for name in ("loss", "val_loss")},
        "best_val_accuracy": of(longest, lambda trial: 100 * window("val_accuracy", False)(trial)),
        "last_val_accuracy": of(longest, lambda trial: 100 * window("val_accuracy", True)(trial)),
        "chosen": of(lowest, lambda trial: len(trial.epochs)),
        "test": of(lowest, test),
    },
    "raw_pixels": {
        **{
            f"raw_{name}": of(raw, lambda trial, n=place: trial.epochs[n].loss)
            for name, place in (("first", 0), ("last", -1))
        },
        **{
            name: of(normal, lambda trial, n=place: trial.epochs[n].loss)
            for name, place in (("first", 0), ("last", -1))
        },
        "times": lambda trials: (
            raw(trials).epochs[0].loss / max(1e-7, normal(trials).epochs[0].loss)
        ),
        "epochs": of(raw, lambda trial: len(trial.epochs)),
        "raw_accuracy": of(raw, val),
        "accuracy": of(normal, val),
        "raw_test": of(raw, test),
        "test": of(normal, test),
    },
    "callback": {
        "epoch": lambda trials: len(trials[0].epochs),
        "epochs": lambda trials: trials[0].settings.epochs,
        "test": percent_of("test_accuracy", 0),
        "value": lambda trials: shown_as_percent(
            trials, getattr(trials[0].epochs[-1], trials[0].settings.target_metric)
        ),
        "target": lambda trials: shown_as_percent(trials, trials[0].settings.target_value),
    },
    "wrong_labels": LOST
    | SPENT
    | {"change": lambda trials: -SPENT["lost"](trials)}
    | {"half_train": percent_of("accuracy", 1), "most_train": percent_of("accuracy", 2)}
    | {"most_test": percent_of("test_accuracy", 2)},
    "wrong_labels.longer": {
        "short": lambda trials: len(trials[-2].epochs),
        "long": lambda trials: len(trials[-1].epochs),
        "short_test": percent_of("test_accuracy", -2),
        "long_test": percent_of("test_accuracy", -1),
        "change": apart(percent_of("test_accuracy", -2), percent_of("test_accuracy", -1)),
        "short_train": percent_of("accuracy", -2),
        "long_train": percent_of("accuracy", -1),
    },
    "missing": MISSED
    | {"lost": lambda trials: MISSED["before"](trials) - MISSED["after"](trials)}
    | {"change": lambda trials: MISSED["after"](trials) - MISSED["before"](trials)},
    "missing.shirts": {
        "before": rare(0),
        "some": rare(1),
        "few": rare(-1),
        "right": lambda trials: trials[-1].result.by_class[6][0],
        "images": lambda trials: trials[-1].result.by_class[6][1],
    },
    "wrong_reason": {
        "share": lambda trials: (
            100 * trials[0].result.by_class[9][0] / trials[0].result.by_class[9][1]
        ),
        "right": lambda trials: trials[0].result.by_class[9][0],
        "images": lambda trials: trials[0].result.by_class[9][1],
        "train": percent_of("accuracy", 0),
        "test": percent_of("test_accuracy", 0),
        "marked": lambda trials: 100 * trials[0].result.marked_accuracy,
    },
    "wrong_reason.taken": {"taken": lambda trials: 100 * trials[0].result.marked_taken},
    "teach": LOST
    | {"change": apart(*LOST.values())}
    | {"images": lambda trials: fallen(trials)[0], "right_before": lambda trials: fallen(trials)[1]}
    | {"right_after": lambda trials: fallen(trials)[2]},
    "teach.mixed_in": {
        "only": percent_of("test_accuracy", 1),
        "mixed": percent_of("test_accuracy", 2),
    }
    | {"change": apart(percent_of("test_accuracy", 1), percent_of("test_accuracy", 2))},
}
"""Claim -> placeholder of a number in its sentences -> function that computes it from the runs."""

RULES = {"margin", "noise", "chance", "rise", "near", "name", "metric", "label", "shape", "count"}
"""Placeholders in sentences whose values are not computed from the runs.

They are margins, which follow from the rules, and words. A rise is computed from two other numbers.
"""


def shown_as_percent(trials: Sequence[MissionRun], value: float) -> float:
    return 100 * value if trials[0].settings.target_metric.endswith("accuracy") else value


def fallen(trials: Sequence[MissionRun]) -> tuple[int, int, int]:
    """Return the most forgotten class's image count, and its correct answers before and after."""
    pairs = [
        (b[1], b[0], a[0])
        for b, a in zip(*(trial.result.by_class for trial in trials[:2]), strict=True)
    ]
    return max(pairs, key=lambda pair: (pair[1] - pair[2]) / pair[0])


def number(text: str) -> tuple[float, float]:
    """Return a number from its text, and the value of one unit in its last digit."""
    plain = text.replace(",", "").replace("\N{MINUS SIGN}", "-").removesuffix("%")
    digits = plain.partition(".")[2]
    return float(plain), 10.0 ** -len(digits)


RELATIONS: Mapping[str, Callable[[float, float, float], bool]] = {
    "rises": lambda first, second, margin: second - first > margin,
    "falls": lambda first, second, margin: first - second > margin,
    "level": lambda first, second, margin: abs(second - first) <= margin,
    "below": lambda first, second, margin: first < second,
    "at_least": lambda first, second, margin: first >= second,
}

DIRECTIONS: Sequence[tuple[str, str]] = (
    (r"(?:rises|rose|grow)s?,? from \{(\w+)\} to \{(\w+)\}", "rises"),
    (r"(?:falls|fell) from \{(\w+)\} to \{(\w+)\}", "falls"),
    (r"由 ?\{(\w+)\} ?[升增][高至到为為]* ?\{(\w+)\}", "rises"),
    (r"由 ?\{(\w+)\} ?[降减減][低至到为為]* ?\{(\w+)\}", "falls"),
    (r"\{(\w+)\}(?:(?!instead)[^{}])*\{(\w+)\}[^{}]*\{\w+\} percentage points lower", "falls"),
    (r"\{(\w+)\}(?:(?!instead)[^{}])*\{(\w+)\}[^{}]*\{\w+\} percentage points higher", "rises"),
    (r"\{(\w+)\}[^{}]* instead of \{(\w+)\}[^{}]*\{\w+\} percentage points lower", "rises"),
    (r"\{(\w+)\}[^{}]* instead of \{(\w+)\}[^{}]*\{\w+\} percentage points higher", "falls"),
)
"""Pattern of the words between two placeholders, in any language -> relation of their numbers."""


def read_says(says: Iterable, values: Mapping[str, str]) -> None:
    for each in says:
        shown = [
            number(values.get(name, name))[0]
            for name in (each.first_number, each.second_number, each.margin)
        ]
        shown[2] = round(shown[2] + 1e-9, 9)
        assert RELATIONS[each.relation](round(shown[0], 9), round(shown[1], 9), shown[2]), (
            each,
            values,
        )


def read_numbers(
    claim: str, values: Mapping[str, str], trials: Sequence[MissionRun], names: Iterable[str]
) -> None:
    """Compute the numbers in a verdict from the runs, and compare them with the verdict's text."""
    for name in names:
        if name in RULES or (
            name not in NUMBERS[claim]
            and find_error_line(getattr(trials[0].error, "message", "")).number_texts
        ):
            continue
        shown, unit = number(values[name])
        actual = NUMBERS[claim][name](trials)
        if actual is None or not isfinite(actual):
            assert not isfinite(shown), (claim, name, values)
            continue
        # A difference of two rounded numbers may be off by half a unit for each of them.
        assert abs(shown - actual) <= 1.01 * unit, (claim, name, shown, actual)


def named(key: str) -> set[str]:
    """Return the placeholders of a text, in all languages."""
    texts = [read_catalogue(language)[key] for language in SHIPS]
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def read_words(key: str, values: Mapping[str, str]) -> None:
    """Check the words between two numbers, such as "rises from", against the numbers."""
    for language in SHIPS:
        for pattern, relation in DIRECTIONS:
            for first, second in re.findall(pattern, read_catalogue(language)[key]):
                pair = number(values[first])[0], number(values[second])[0]
                if "points" in pattern and not (
                    values[first].endswith("%") and values[second].endswith("%")
                ):
                    # A number that counts epochs is not compared by words about percentage points.
                    continue
                assert RELATIONS[relation](*pair, 0), (language, key, values)


def read_verdict(claim: str, verdict, trials: Sequence[MissionRun]) -> None:
    """Check a mission's verdict against the runs that it judges."""
    read_says(verdict.claims, verdict.values)
    for t in TRANSLATORS:
        assert all(text.strip() and "{" not in text for text in verdict.verdict_sentences(claim, t))
    # Where a network is wrong on purpose, Keras itself reports a loss of nan or inf.
    check(
        [
            re.sub("a loss of (?:nan|inf)", "", text)
            for text in verdict.verdict_sentences(claim, TRANSLATORS[0])
        ]
    )
    if verdict.outcome == "broken":
        return
    for key in (f"{claim}.verdicts.{verdict.outcome}", *verdict.further):
        key = key if key in TRANSLATORS[0] else f"missions.{key}"
        if key.startswith("missions."):
            names = named(key) - ({"chosen", "test"} if claim in ("neurons", "layers") else set())
            read_numbers(claim, verdict.values, trials, names)
        read_words(key, verdict.values)
    if verdict.chosen is not None:
        shown, unit = number(verdict.values["test"])
        assert abs(shown - test(trials[verdict.chosen])) <= 0.51 * unit, (claim, verdict.values)


@cache
def forms_of_claims(language: str) -> Sequence[tuple[str, re.Pattern[str]]]:
    """Return the sentences about a result, by key, as patterns with the values as groups."""
    texts = [
        (key, text)
        for key, text in read_catalogue(language).items()
        if key.startswith(("learned.", "by_class."))
    ]
    forms = [
        (key, form)
        for key, text in texts
        for form in getattr(text, "forms", {"other": text}).values()
    ]
    return [
        (
            key,
            re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(form.replace("**", "")))),
        )
        for key, form in forms
    ]


def claim_of(sentence: str, language: str) -> tuple[str, dict[str, str]]:
    """Return the key of a sentence about a result, and the values of its placeholders."""
    found = [(key, form.fullmatch(sentence)) for key, form in forms_of_claims(language)]
    return next((key, values.groupdict()) for key, values in found if values)


def read_result(
    settings: RunSettings, result: RunResult, epochs: int, trained: float | None
) -> set[str]:
    """Check the sentences about a result against the result's numbers.

    Returns:
        The keys of the reasons given for a network that learned next to nothing.
    """
    reasons = set()
    for t in TRANSLATORS:
        names = class_names(settings.dataset, t)
        by_class = {
            name: counts for name, counts in zip(names, result.by_class, strict=False) if counts[1]
        }
        right, tested = (
            (sum(counts) for counts in zip(*by_class.values(), strict=True)) if by_class else (0, 0)
        )
        shares = {name: counts[0] / counts[1] for name, counts in by_class.items()}
        sentences = result_sentences(settings, result, epochs, t, trained)
        if lowest := result.by_class and lowest_class_sentence(result.by_class, names, t):
            sentences.append(lowest.replace("**", ""))
        for sentence in sentences:
            key, said = claim_of(sentence, t.language)
            about = {
                "accuracy": result.test_accuracy,
                "marked": result.marked_accuracy,
                "taken": result.marked_taken,
            }
            if key == "learned.broken":
                assert not isfinite(result.test_loss)
            elif key.startswith("learned."):
                read_reason(key, said, settings)
                # With few test images, a low accuracy on the training images must confirm that the
                # network learned nothing.
                if 0 < tested < 100:
                    luck = scipy.stats.binomtest(right, tested, 1 / len(names), "greater").pvalue
                    assert right < tested and luck > 0.01 and trained is not None and trained < 0.6
            elif key == "by_class.few_images":
                low, high = (number(said[name])[0] for name in ("low", "high"))
                interval = scipy.stats.binomtest(right, tested).proportion_ci(0.95, "wilson")
                assert (low, high) == pytest.approx(
                    [100 * bound for bound in interval], abs=0.6
                ) and tested < 100
            elif key == "by_class.several":
                assert set(said["names"].split(t("common.comma"))) == {
                    name for name in shares if not shares[name]
                }
            elif key == "by_class.lowest":
                about["share"] = min(shares.values())
                assert (
                    set(said["names"].split(t("common.comma")))
                    == {name for name in shares if shares[name] == about["share"]}
                    < set(shares)
                )
            elif key != "by_class.marked":
                about["share"] = min(shares.values())
                assert shares[said["name"]] == about["share"] and (key == "by_class.none") <= (
                    about["share"] == 0
                )
            for name in about.keys() & said:
                assert abs(number(said[name])[0] - 100 * about[name]) <= 0.051
            reasons |= {key} if key.startswith("learned.") else set()
    return reasons


def read_reason(key: str, said: Mapping[str, str], settings: RunSettings) -> None:
    """Check the reason given for a network that learned next to nothing against its settings."""
    usual = OPTIMIZERS[settings.optimizer].usual_learning_rate
    rate = settings.learning_rate
    if "rate" in said:
        assert float(said["rate"]) == rate
        way = {"learned.rate_high": usual < rate, "learned.rate_low": rate < usual}
        assert way.get(key, usual / 10 < rate < 10 * usual)
    if "wrong" in said:
        assert number(said["wrong"])[0] == 100 * settings.wrong_labels > 0
