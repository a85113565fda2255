"""Runs as a class produces them, in every combination: each sentence must agree with the numbers that stand in it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import product
from math import inf, nan

import numpy as np
import pytest

from fvapp.core.answers import Answer
from fvapp.core.events import Continued, EpochEnded, RunEnded, Started
from fvapp.core.inspection.surgery import Parts
from fvapp.core.missions import MISSIONS, Trial
from fvapp.core.missions.table.confusion import SHIRT, judge_shirts
from fvapp.core.missions.table.epochs import judge_sureness
from fvapp.core.missions.table.inside_neuron import judge_one_neuron
from fvapp.core.missions.table.outputs import judge_answer
from fvapp.core.missions.verdict import OUTCOMES
from fvapp.core.results.curves import read_curves
from fvapp.core.results.overfitting import fit_sentence, judge_fit, remedies
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.wording import percent
from fvapp.i18n import Translator

EN = Translator("en")
NUMBER = r"(?:\d+\.)?\d+"
CONTRASTS = {
    # A sentence that says this: whether it is true of the numbers it names.
    rf"(?:rises|rose),? from ({NUMBER})%? to ({NUMBER})": lambda a, b: a < b,
    rf"(?:falls|fell) from ({NUMBER})%? to ({NUMBER})": lambda a, b: a > b,
    rf"from ({NUMBER})% to ({NUMBER})%: ({NUMBER}) percentage points": lambda a, b, gain: round(abs(a - b), 2) == gain,
    rf"is ({NUMBER})%, with two it is ({NUMBER})%: ({NUMBER}) percentage points higher": lambda a, b, gain: (
        round(b - a, 2) == gain
    ),
    rf"is ({NUMBER})%, with two it is ({NUMBER})%: ({NUMBER}) percentage points lower": lambda a, b, gain: (
        round(a - b, 2) == gain
    ),
    rf"is ({NUMBER})%, with .* it is ({NUMBER})%\. .* a difference of ({NUMBER}) percentage points \(±({NUMBER})": (
        lambda a, b, gain, noise: round(abs(b - a), 2) == gain <= noise
    ),
    rf"on ({NUMBER})% of its training images; afterwards it was right on ({NUMBER})% of the new ones: ({NUMBER}) "
    "percentage points lower": lambda a, b, gap: round(a - b, 2) == gap,
    rf"on ({NUMBER})% of its training images; afterwards it was right on ({NUMBER})% of the new ones: ({NUMBER}) "
    "percentage points higher": lambda a, b, gap: round(b - a, 2) == gap,
    rf"on ({NUMBER})% .* right on ({NUMBER})% of the new ones\. They are ({NUMBER}) percentage points apart": (
        lambda a, b, gap: round(abs(a - b), 2) == gap
    ),
    rf"({NUMBER}) percentage points[^.]*, more than [a-z ]*\(±({NUMBER})\)": lambda gain, noise: gain > noise,
    rf"({NUMBER}) percentage points[^.]* no (?:more|larger) than [a-z ]*\(±({NUMBER})\)": lambda a, noise: a <= noise,
    rf"({NUMBER})% higher, more than chance explains \(up to ({NUMBER})%\)": lambda rise, margin: rise > margin,
    rf"({NUMBER})% higher: no more than chance explains \(up to ({NUMBER})%\)": lambda rise, margin: rise <= margin,
    rf"({NUMBER})% higher; chance alone can make it ({NUMBER})%": lambda rise, margin: rise <= margin,
    r"around epoch (\d+) .* last three of (\d+) epochs": lambda best, last: best <= last,
    r"ended after epoch (\d+) of (\d+)": lambda epoch, planned: epoch < planned,
    rf"without reaching the target\. \w+ accuracy: ({NUMBER})%, target ({NUMBER})%": lambda is_, wanted: is_ < wanted,
    rf"without reaching the target\. \w+ loss: ({NUMBER}), target ({NUMBER})": lambda is_, wanted: is_ > wanted,
    rf"validation accuracy is ({NUMBER})%, and guessing .* Normalised it is ({NUMBER})%": lambda a, b: a < 20 <= b,
    rf"epoch was ({NUMBER}) instead of ({NUMBER}): ({NUMBER}) times": lambda raw, first, times: (
        raw > first and times >= 2
    ),
    rf"did not fall: it was ({NUMBER}) then and ({NUMBER})": lambda then, last: last >= then,
    rf"training loss fell from ({NUMBER}) to ({NUMBER})": lambda then, last: last < then,
    rf"takes hardly longer \(({NUMBER}) times": lambda times: times < 1.2,
    rf"an epoch takes ({NUMBER}) times as long, and the validation accuracy rises": lambda times: times >= 1.2,
    rf"gets ({NUMBER})%, .* gets ({NUMBER})%, less than 10": lambda a, b: round(a - b, 2) < 10,
}
"""What sentences say of two numbers."""


def check(sentences, broke=False):
    """Return which of the contrasts were met; fail where one is not true of its numbers."""
    met = set()
    for sentence in sentences:
        plain = sentence.replace("`nan`", "").replace("`inf`", "").replace("−", "-")
        assert not re.search(r"\b(?:nan|inf|None(?! of))\b|[{}]", plain), sentence
        for pattern, is_true in CONTRASTS.items():
            for found in re.finditer(pattern, plain):
                assert is_true(*map(float, found.groups())), sentence
                met.add(pattern)
    if broke:
        assert len(sentences) == 1 and "no longer a number" in sentences[0]
    return met


ACCURACIES = (0.0, 0.1, 0.1004, 0.3, 0.8736, 0.8744, 0.8894, 0.90996, 0.91, 0.97504, 0.9758, 1.0)
LOSSES = {
    "falls": [0.6, 0.5, 0.45, 0.42, 0.40, 0.39],
    "rises later": [0.5, 0.4, 0.38, 0.37, 0.45, 0.6, 0.8, 0.9],
    "rises a little": [0.5, 0.4, 0.38, 0.37, 0.372, 0.374, 0.376],
    "rises from the start": [0.4, 0.5, 0.7, 0.9, 1.2, 1.5],
    "level": [2.303] * 6,
    "tiny": [0.004, 0.001, 0.0004, 0.0003, 0.0003],
    "one epoch": [0.5],
    "three epochs": [0.5, 0.4, 0.3],
    "nan at once": [nan] * 5,
    "nan later": [0.5, 0.4, 0.38, 0.37, 0.36, nan, nan],
    "inf": [0.5, 0.4, inf, nan],
    "brought back, broken": [0.5, None, None],
}


def epochs(losses, val_losses=None, accuracy=0.9, val_accuracy=0.88, seconds=0.5):
    val_losses = val_losses or [None] * len(losses)
    return tuple(
        EpochEnded(number, loss, accuracy, val_loss, None if val_losses[0] is None else val_accuracy, seconds)
        for number, (loss, val_loss) in enumerate(zip(losses, val_losses, strict=True), start=1)
    )


def is_number(loss):
    return loss is not None and np.isfinite(loss)


def kept(loss):
    """Return a loss as a run file keeps it."""
    return loss if is_number(loss) else None


def trial(settings, done, accuracy=0.88, parameters=1_000, **result):
    return Trial(settings, "done", parameters, done, RunResult(0.4, accuracy, 2.0, **result))


def judged(mission, trials):
    """Judge a mission's runs and check its sentences; return the outcomes and the contrasts."""
    row, met = MISSIONS[mission], set()
    broke = any(trial.broken for trial in trials)
    outcomes = []
    for words, claim in ((mission, row), *(((f"{mission}.{row.second.name}", row.second),) if row.second else ())):
        verdict = claim.judge(trials)
        assert verdict.outcome in (*claim.outcomes, "broken"), verdict
        assert not set(verdict.undecided) - set(OUTCOMES)
        met |= check(verdict.sentences(words, EN), broke and not row.fails)
        outcomes.append(verdict.outcome)
    return outcomes, met


def test_two_networks_are_compared_truly_at_every_pair_of_accuracies():
    met = set()
    for mission, (a, b), seconds in product(("neurons", "layers"), product(ACCURACIES, repeat=2), (0.5, 0.585, 1.1)):
        settings = MISSIONS[mission].settings()
        trials = [
            trial(one, epochs([0.5], [0.5], val_accuracy=accuracy, seconds=took), accuracy, 1_000 * sum(one.hidden))
            for one, accuracy, took in zip(
                settings, (a, 0.9, a, b)[-len(settings) :], ((0.5,) * 3 + (seconds,))[-len(settings) :], strict=True
            )
        ]
        outcomes, found = judged(mission, trials)
        met |= found
        assert outcomes[0] == ("within_noise" if a == b else outcomes[0])
        if abs(a - b) > 0.05:
            assert outcomes[0] == ("held" if b > a else "not_held")
    assert len(met) >= 8


def test_one_network_is_judged_truly_at_every_pair_of_accuracies_and_sizes():
    for (train, test), images in product(product(ACCURACIES, repeat=2), (1_000, 5_000, 10_000, None)):
        (settings,) = MISSIONS["network"].settings(RunSettings(train_images=images))
        (outcome,), _ = judged("network", [trial(settings, epochs([0.5], accuracy=train), test)])
        verdict = MISSIONS["network"].judge([trial(settings, epochs([0.5], accuracy=train), test)])
        assert (verdict.undecided == OUTCOMES) == (outcome == "within_noise")
        if abs(train - test) > 0.1:
            assert outcome == ("held" if train > test else "not_held")


@pytest.mark.parametrize("images", [1_000, None])
@pytest.mark.parametrize("validation", LOSSES)
def test_every_course_of_both_losses_is_described_truly(validation, images):
    for training in LOSSES:
        count = min(len(LOSSES[training]), len(LOSSES[validation]))
        loss, val_loss = LOSSES[training][:count], LOSSES[validation][:count]
        broke = not all(map(is_number, (*loss, *val_loss)))
        settings = MISSIONS["epochs"].settings(RunSettings(train_images=images))
        for accuracy, val_accuracy in ((0.9, 0.88), (0.8, 0.88), (1.0, 1.0)):
            done = epochs(loss, val_loss, accuracy, val_accuracy)
            judged("epochs", [trial(one, done) for one in settings])
            record = RunRecord("r", 1, settings[-1], "done", epochs=30, epoch=count)
            events = (Started(1, 900, 100, 29, 30), *done)
            # A number that is none comes back from a file as None.
            told = (events[0], *(replace(one, loss=kept(one.loss), val_loss=kept(one.val_loss)) for one in done))
            for given in (events, told):
                fit = judge_fit(read_curves(given).epochs, record.trained)
                assert (fit.kind == "broken") == broke, training
                assert (fit.kind == "cannot_say") == (count < 4 and not broke), training
                check([fit_sentence(fit, EN)])
                if fit.overfits:
                    assert all(remedy.settings.epochs <= 30 for remedy in remedies(record.trained, fit)), training


def test_raw_pixels_are_described_truly_at_every_end():
    seen = Counter()
    for (raw_end, raw), (end, normal) in product(product((2.6, 2.3, 0.3), ACCURACIES), repeat=2):
        one, other = MISSIONS["raw_pixels"].settings()
        pair = [
            trial(one, epochs([0.5, end], [0.5, end], val_accuracy=normal)),
            trial(other, epochs([2.6, raw_end], [2.6, raw_end], val_accuracy=raw)),
        ]
        (outcome,), _ = judged("raw_pixels", pair)
        seen[outcome] += 1
        assert outcome != "held" or (raw >= 0.2 and raw > normal / 2)  # it recovered
        assert judged("raw_pixels", pair[::-1])[0] == [outcome]
    assert {"held", "not_held", "neither"} <= set(seen)


def test_a_target_is_described_truly_at_every_end():
    for variant, ended, value in product(MISSIONS["callback"].variants, (1, 4, 9, 10), ACCURACIES):
        (settings,) = MISSIONS["callback"].settings(variant=variant)
        loss = 0.4 + 0.09 * (0.91 - value) if settings.target_metric == "loss" else 0.5
        reached = loss <= 0.4 if settings.target_metric == "loss" else value >= settings.target_value
        stopped_by = "target" if reached else "patience" if ended < 10 else None
        done = trial(settings, epochs([loss] * ended, accuracy=value), stopped_by=stopped_by)
        (outcome,), _ = judged("callback", [done])
        expected = ("held" if ended < 10 else "within_noise") if reached else "neither" if ended < 10 else "not_held"
        assert outcome == expected
        if not reached:
            assert done.epochs and "reach" in MISSIONS["callback"].judge([done]).sentences("callback", EN)[0]


@pytest.mark.parametrize("mission", [name for name, row in MISSIONS.items() if row.judge])
def test_a_run_that_broke_is_nowhere_judged_like_one_that_did_not(mission):
    for losses in [name for name, losses in LOSSES.items() if not all(map(is_number, losses))]:
        settings = MISSIONS[mission].settings()
        for place in range(len(settings)):
            whole = [0.5, 0.4, 0.35, 0.3, 0.3]
            courses = [LOSSES[losses] if number == place else whole for number in range(len(settings))]
            trials = [trial(one, epochs(course, course)) for one, course in zip(settings, courses, strict=True)]
            row = MISSIONS[mission]
            if row.fails:  # Keras did not stop, which is what is asked
                assert row.judge(trials).outcome == "not_held", losses
            else:
                assert set(judged(mission, trials)[0]) == {"broken"}, losses


SHARES = (0.0, 0.0499, 0.1, 0.4, 0.49996, 0.5, 0.9, 0.99996, 1.0)


def answer(first, share):
    rest = (1 - share) / 9
    shares = [share if label == first else rest for label in range(10)]
    return Answer(tuple(shares))


def test_ten_numbers_and_two_of_them_are_described_truly():
    for share, other in product(SHARES, repeat=2):
        check(judge_answer(answer(9, share), 9, str).sentences("outputs", EN))
        short, long = answer(9, share), answer(9, other)
        verdict = judge_sureness(short, long, 9, str)
        surer = percent(long.confidence) != percent(short.confidence) and long.confidence > short.confidence
        assert (verdict.outcome != "not_held") == surer
    assert judge_answer(Answer((nan,) * 10), 9, str).outcome == "broken"


def test_one_neuron_is_described_truly_whatever_it_does():
    labels = np.repeat(np.arange(10), 100)
    seen = set()
    for units, strength, seed in product((1, 2, 3, 30), (0.0, 0.2, 1.0, 5.0), range(5)):
        random = np.random.default_rng(seed)
        values = random.normal(size=(1_000, units)) + 3 * np.eye(10)[labels][:, np.arange(units) % 10]
        kernel = np.eye(10)[np.arange(units) % 10] + strength * random.normal(size=(units, 10))
        verdict = judge_one_neuron(Parts(values, kernel, np.zeros(10), labels, units), 0, "0")
        sentences = verdict.sentences("inside_neuron", EN)
        check(sentences)
        assert "the 0 neurons" not in " ".join(sentences) and "the 1 neurons" not in " ".join(sentences)
        seen.add(verdict.outcome)
        if verdict.outcome == "held":
            assert float(verdict.values["lost"]) > 5
        elif verdict.outcome == "not_held":
            before, after, change = (verdict.values[name] for name in ("before", "after", "change"))
            shown = float(after.strip("%")) - float(before.strip("%"))
            assert round(shown, 2) == float(change.replace("−", "-"))
    assert {"broken", "not_held"} <= seen


def test_shirts_are_described_truly_whatever_is_answered():
    always = np.zeros((10, 10), int)
    for said in range(10):
        confusion = always.copy()
        confusion[:, said] = 100
        assert judge_shirts(confusion, str).outcome == "broken"
    perfect = np.diag(np.full(10, 100))
    assert judge_shirts(perfect, str).outcome == "untold"
    for tops, others in product((0, 1, 50, 100), repeat=2):
        confusion = perfect.copy()
        confusion[SHIRT, 0], confusion[SHIRT, 8] = tops, others
        verdict = judge_shirts(confusion, str)
        expected = "held" if tops >= 4 * others else "not_held" if tops < others else "within_noise"
        assert verdict.outcome == (expected if tops + others else "untold")
        check(verdict.sentences("confusion", EN))


def test_a_run_that_goes_on_is_described_as_it_is_now():
    settings = RunSettings(epochs=5, validation_split=0.1)
    done = epochs([0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.1], [0.5, 0.4, 0.38, 0.37, 0.6, 0.8, 0.9])
    events = (
        Started(1, 900, 100, 29, 5),
        *done[:5],
        RunEnded("done", RunResult(0.4, 0.8, 1.0)),
        Continued(5, 0),
        *done[5:],
    )
    record = RunRecord("r", 1, settings, "done", epochs=7, epoch=7, result=RunResult(0.4, 0.8, 1.0))
    trial = Trial.from_run(record, events)
    assert (trial.settings.epochs, len(trial.epochs)) == (7, 7)
    fit = judge_fit(read_curves(events).epochs, record.trained)
    assert fit.overfits
    assert {remedy.settings.epochs for remedy in remedies(record.trained, fit)} == {7, fit.best_epoch}
