"""The missions: their table, their words, and every verdict with made-up results."""

from __future__ import annotations

import json
from dataclasses import replace
from string import Formatter

import numpy as np
import pytest

from fvapp.core.answers import Answer
from fvapp.core.events import Continued, EpochEnded, Started
from fvapp.core.glossary import SETTING_WORDS, WORDS
from fvapp.core.lessons import MISSIONS, OUTCOMES, Trial, describe_changes, find_mission, mark_error
from fvapp.core.lessons.looking import judge_answer, judge_pixels
from fvapp.core.lessons.noise import MEASURED, seed_noise
from fvapp.core.lessons.progress import Progress, read_progress, write_progress
from fvapp.core.limits import check_limits, estimate_seconds
from fvapp.core.runs import KerasError, RunRecord, RunResult
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.i18n import Translator, languages

ALL = tuple(MISSIONS.values())
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


def epochs(losses, accuracies=None, val_losses=None):
    """Make up epochs of half a second."""
    rows = zip(losses, accuracies or [0.9] * len(losses), val_losses or [None] * len(losses), strict=True)
    return tuple(EpochEnded(number, *row, None, 0.5) for number, row in enumerate(rows, start=1))


def trials(mission, *changes):
    """Make up one finished trial for each run of a mission, changed as wanted."""
    done = [
        Trial(
            settings,
            "done",
            parameters=1_000 * sum(settings.hidden),
            epochs=epochs([0.5] * settings.epochs),
            result=RunResult(0.35, 0.88, 3.0),
        )
        for settings in MISSIONS[mission].settings()
    ]
    return [replace(trial, **change) for trial, change in zip(done, changes, strict=True)]


def scored(accuracy, **more):
    return {"result": RunResult(0.35, accuracy, 3.0, **more)}


def failed(message):
    return {"state": "failed", "result": None, "epochs": (), "error": KerasError("builtins.ValueError", message)}


SHORT = {"epochs": epochs([0.5, 0.4], None, [0.5, 0.45])}
MADE_UP = {
    ("network", "held"): [scored(0.85) | {"epochs": epochs([0.5], [0.891])}],
    ("network", "not_held"): [scored(0.92) | {"epochs": epochs([0.5], [0.85])}],
    ("network", "within_noise"): [scored(0.888) | {"epochs": epochs([0.5], [0.889])}],
    ("neurons", "held"): [scored(0.85), scored(0.87), scored(0.88), scored(0.885)],
    ("neurons", "not_held"): [scored(0.88), scored(0.87), scored(0.86), scored(0.82)],
    ("neurons", "within_noise"): [scored(0.88), scored(0.87), scored(0.88), scored(0.881)],
    ("layers", "held"): [scored(0.86), scored(0.89)],
    ("layers", "not_held"): [scored(0.89), scored(0.86)],
    ("layers", "within_noise"): [scored(0.88), scored(0.881)],
    ("no_flatten", "held"): [failed(RANK_ERROR)],
    ("no_flatten", "not_held"): [{}],
    ("no_flatten", "within_noise"): [failed("The disk is full.")],
    ("five_outputs", "held"): [failed(LABEL_ERROR)],
    ("five_outputs", "not_held"): [{"epochs": epochs([float("nan")])}],
    ("five_outputs", "within_noise"): [failed(RANK_ERROR)],
    ("epochs", "held"): [SHORT, SHORT, {"epochs": epochs([0.4, 0.3, 0.2], None, [0.40, 0.35, 0.55])}],
    ("epochs", "not_held"): [SHORT, SHORT, {"epochs": epochs([0.4, 0.3, 0.2], None, [0.40, 0.35, 0.34])}],
    ("epochs", "within_noise"): [SHORT, SHORT, {"epochs": epochs([0.4, 0.3, 0.2], None, [0.40, 0.350, 0.351])}],
    ("raw_pixels", "held"): [{"epochs": epochs([0.2, 0.1])}, {"epochs": epochs([2.66, 0.3])}],
    ("raw_pixels", "not_held"): [{"epochs": epochs([0.2, 0.1])}, {"epochs": epochs([2.66, 2.3])}],
    ("raw_pixels", "within_noise"): [{"epochs": epochs([0.5, 0.3])}, {"epochs": epochs([0.6, 0.3])}],
    ("callback", "held"): [scored(0.86, stopped_by="target") | {"epochs": epochs([0.5, 0.38])}],
    ("callback", "not_held"): [scored(0.80) | {"epochs": epochs([0.6] * 10)}],
    ("callback", "within_noise"): [scored(0.86, stopped_by="target") | {"epochs": epochs([0.6] * 9 + [0.39])}],
}


@pytest.mark.parametrize(("mission", "outcome"), MADE_UP)
def test_a_verdict_says_what_the_results_say(mission, outcome):
    made_up = trials(mission, *MADE_UP[mission, outcome])
    assert MISSIONS[mission].can_judge(made_up)
    assert MISSIONS[mission].judge(made_up).outcome == outcome


def test_every_mission_with_runs_has_all_three_verdicts_scored():
    judged = {mission.id for mission in ALL if mission.judge}
    assert {mission for mission, _ in MADE_UP} == judged
    assert len(MADE_UP) == 3 * len(judged)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("mission", "outcome"), MADE_UP)
def test_every_verdict_is_a_sentence_with_the_pupils_numbers(mission, outcome, language):
    verdict = MISSIONS[mission].judge(trials(mission, *MADE_UP[mission, outcome]))
    sentence = verdict.sentence(mission, Translator(language))
    assert "{" not in sentence and "settings." not in sentence
    wrong_for_another_reason = outcome == "within_noise" and MISSIONS[mission].fails
    assert wrong_for_another_reason or any(character.isdigit() for character in sentence)


def test_a_verdict_names_the_numbers_it_was_given():
    long = MISSIONS["epochs"].judge(trials("epochs", *MADE_UP["epochs", "held"]))
    assert (long.values["best_epoch"], long.values["gap"], long.values["rise"]) == ("2", "0.350", "0.200")
    neurons = MISSIONS["neurons"].judge(trials("neurons", *MADE_UP["neurons", "held"]))
    assert neurons.values["gain"] == "3.5" and neurons.values["last_gain"] == "+0.5"
    assert neurons.values["times_parameters"] == "16"
    stopped = MISSIONS["callback"].judge(trials("callback", *MADE_UP["callback", "held"]))
    assert "Training loss: 0.380, target 0.400" in stopped.sentence("callback", Translator("en"))


@pytest.mark.parametrize(
    ("zeros", "outcome"), [(351, "not_held"), (353, "within_noise"), (431, "within_noise"), (447, "held")]
)
def test_the_zeros_of_a_picture_are_counted(zeros, outcome):
    image = np.full(784, 255, np.uint8)
    image[:zeros] = 0
    verdict = judge_pixels(42, image.reshape(28, 28))
    assert verdict.outcome == outcome
    assert str(zeros) in verdict.sentence("look", Translator("en"))


def answer(**shares):
    """Make up an answer; the classes that are not named share what is left."""
    named = {int(name[1:]): share for name, share in shares.items()}
    rest = (1 - sum(named.values())) / (10 - len(named))
    probabilities = tuple(named.get(label, rest) for label in range(10))
    return Answer(probabilities, max(range(10), key=probabilities.__getitem__), True)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [(answer(c9=0.97), "held"), (answer(c7=0.9), "not_held"), (answer(c9=0.5, c7=0.45), "within_noise")],
)
def test_the_biggest_of_ten_shares_is_compared_with_the_label(given, outcome):
    verdict = judge_answer(given, 9, lambda label: f"class {label}")
    assert verdict.outcome == outcome
    assert verdict.values["sum"] == "1.0000"


def test_a_true_keras_error_is_marked_where_it_matters():
    rank = mark_error(f"An opening line.\n{RANK_ERROR}\nMore.")
    assert rank.about == "rank" and rank.line == RANK_ERROR
    assert rank.numbers == {"shape": "28 × 10", "count": "280"}
    label = mark_error(LABEL_ERROR)
    assert label.about == "label"
    assert label.line == "Received a label value of 9 which is outside the valid range of [0, 5)"
    assert label.numbers == {"label": "9", "last": "4"}


@pytest.mark.parametrize("message", [RANK_ERROR, LABEL_ERROR, "One line", "", "two\nlines\n\n---\n", "###\n"])
def test_marking_an_error_changes_nothing_of_it(message):
    marked = mark_error(message)
    assert marked.before + marked.line + marked.after == message


def test_runs_that_did_not_come_to_their_end_give_no_verdict():
    for state in ("stopped", "lost", "running", "failed"):
        assert not MISSIONS["layers"].can_judge(trials("layers", {}, {"state": state}))
    assert not MISSIONS["layers"].can_judge(trials("layers", {}, {})[:1])


def test_a_trial_reads_a_run_without_what_was_taken_back():
    record = RunRecord("id", 1, RunSettings(), "done", parameters=7, result=RunResult(0.4, 0.8, 2))

    def epoch(number, loss):
        return EpochEnded(number, loss, 0.8, loss, 0.8, seconds=0.3)

    events = [Started(7, 60_000, 0, 1, epochs=2), epoch(1, 0.9), epoch(2, 0.7), Continued(1, 0), epoch(2, 0.6)]
    trial = Trial.from_run(record, events)
    assert [one.loss for one in trial.epochs] == [0.9, 0.6]
    assert trial.best_epoch == 2 and trial.complete and not trial.failed


def test_missions_are_found_by_mark_and_by_name():
    assert [mission.mark for mission in ALL] == ["A", "B", *"12345678"]
    for mission in ALL:
        assert find_mission(mission.mark.lower()) is find_mission(f" {mission.id} ") is mission
    assert find_mission("9") is None


@pytest.mark.parametrize("mission", ALL, ids=MISSIONS)
def test_the_runs_of_a_mission_are_within_the_limits_and_a_teachers_changes_hold(mission):
    base = RunSettings(train_images=1_000, seed=7)
    for variant in mission.variants or (None,):
        for settings in mission.settings(base, variant):
            check_limits(settings)
            assert (settings.train_images, settings.seed, settings.dataset) == (1_000, 7, mission.dataset)
            assert settings.jit_compile != mission.fails


def test_runs_of_one_mission_differ_only_in_what_it_is_about():
    about = {"neurons": {"hidden"}, "layers": {"hidden"}, "epochs": {"epochs"}, "raw_pixels": {"normalisation"}}
    for name, fields in about.items():
        first, *others = MISSIONS[name].settings()
        for other in others:
            assert {row for row in SETTINGS if getattr(first, row) != getattr(other, row)} == fields


def test_all_missions_together_are_short():
    total = sum(estimate_seconds(settings, 60_000) for mission in ALL for settings in mission.settings())
    assert total < 360


@pytest.mark.parametrize("language", languages())
def test_every_mission_has_its_words(language):
    t = Translator(language)
    for mission in ALL:
        for part in ("title", "goal", "task", "ask", "why", "try", "note"):
            assert t(f"lessons.{mission.id}.{part}")
        for outcome in OUTCOMES:
            assert f"lessons.{mission.id}.verdicts.{outcome}" in t
        assert "held" in mission.predictions
        for prediction in mission.predictions:
            assert f"lessons.{mission.id}.predict.{prediction}" in t
        for question in mission.questions:
            assert question.right in question.choices
            for choice in question.choices:
                feedback = t(f"lessons.{mission.id}.questions.{question.name}.feedback.{choice}")
                assert t(f"lessons.{mission.id}.questions.{question.name}.choices.{choice}") != feedback
        assert set(mission.words) <= set(WORDS)


@pytest.mark.parametrize("language", languages())
def test_no_word_of_a_mission_is_left_over(language):
    t = Translator(language)
    wanted = {f"lessons.{mission.id}.predict.{one}" for mission in ALL for one in mission.predictions}
    held = {key for key in t._words if key.startswith("lessons.") and ".predict." in key}
    assert held == wanted
    glossary = {key.split(".")[1] for key in t._words if key.startswith("glossary.")} - {"page", "axes"}
    assert glossary == set(WORDS) and set(SETTING_WORDS.values()) <= set(WORDS)
    assert set(SETTING_WORDS) <= set(SETTINGS)


def test_what_a_mission_changes_is_said_in_words():
    t = Translator("en")
    changes = describe_changes(MISSIONS["neurons"].settings(), RunSettings(), t)
    assert "Hidden layers: 64 / 128 / 512 / 1024 (default: 128)" in changes
    assert not describe_changes([RunSettings(seed=9)], RunSettings(), t)
    placeholders = {name for _, name, _, _ in Formatter().parse(t("lessons.page.change"))} - {None}
    assert placeholders == {"setting", "values", "before"}


@pytest.mark.parametrize("dataset", SETTINGS["dataset"].choices)
def test_the_noise_is_that_of_the_nearest_measured_size(dataset):
    for images, noise in MEASURED[dataset].items():
        if images in SETTINGS["train_images"].choices:
            assert seed_noise(RunSettings(dataset=dataset, train_images=images)) == noise
    assert seed_noise(RunSettings(dataset=dataset)) == MEASURED[dataset][60_000]
    assert MEASURED[dataset][60_000].accuracy < MEASURED[dataset][1_000].accuracy


def test_progress_survives_being_kept_as_json():
    progress = read_progress(None)
    assert list(progress) == list(MISSIONS) and all(one == Progress() for one in progress.values())
    assert write_progress(progress) == {}
    progress["neurons"] = Progress("held", True, ("a", "b"), 2, done=True).answered("cost", "b")
    progress["callback"] = Progress(variant="accuracy", image=7)
    assert read_progress(json.loads(json.dumps(write_progress(progress)))) == progress


@pytest.mark.parametrize(
    "note", [None, 3, [], {"neurons": 3}, {"neurons": {"answers": 3, "runs": 3, "prediction": "?"}}]
)
def test_progress_that_is_not_understood_counts_as_not_begun(note):
    assert read_progress(note)["neurons"] == Progress()
