"""The missions: their table, their texts, and a student's progress through them."""

import json
import re
from string import Formatter

import pytest

from fvapp.core.datasets import run_split_sizes
from fvapp.core.errors import CatalogueKey, SettingsError
from fvapp.core.glossary import WORDS
from fvapp.core.limits import check_settings_limits, estimate_training_seconds
from fvapp.core.missions import MISSIONS, describe_changed_settings, find_error_line, find_mission
from fvapp.core.missions.class_time import estimate_pair_training_seconds, training_seconds_left
from fvapp.core.missions.progress import MissionProgress, read_progress, write_progress
from fvapp.core.missions.table.look import TrouserRule
from fvapp.core.missions.verdict import MissionVerdict
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.wording import short_setting_words
from fvapp.i18n import Translator, language_tags
from verdict_sentences import CLAIMS, LABEL_ERROR, RANK_ERROR

ALL = tuple(MISSIONS.values())
EN = Translator("en")


def test_a_true_keras_error_is_marked_where_it_matters():
    rank = find_error_line(f"An opening line.\n{RANK_ERROR}\nMore.")
    assert rank.error_kind == "rank" and rank.text == RANK_ERROR
    assert rank.number_texts == {"shape": "28 × 10", "count": "280"}
    label = find_error_line(LABEL_ERROR)
    assert label.error_kind == "label"
    assert label.text == "Received a label value of 9 which is outside the valid range of [0, 5)"
    assert label.number_texts == {"label": "9", "last": "4"}


@pytest.mark.parametrize(
    "message", [RANK_ERROR, LABEL_ERROR, "One line", "", "two\nlines\n\n---\n", "###\n"]
)
def test_the_line_that_matters_stands_in_the_error_as_it_is(message):
    assert find_error_line(message).text in message


def test_a_link_allows_at_most_so_many_images_and_the_words_name_those_that_are_trained():
    mission = MISSIONS["wrong_labels"]
    for most, counts in ((None, (None, 5_000)), (10_000, (10_000, 5_000)), (1_000, (1_000, 1_000))):
        base = RunSettings(train_images=most)
        runs = mission.run_settings(base)
        assert (runs[0].train_images, runs[-1].train_images) == counts
        for language in language_tags():
            task = Translator(language)(
                "missions.wrong_labels.task", **mission.image_counts_for_texts(base)
            )
            learned = {f"{run_split_sizes(run)[0]:,}" for run in runs}
            assert learned == set(re.findall(r"\d+,\d+|900", task))
    few = MISSIONS["missing"].image_counts_for_texts(RunSettings(train_images=1_000))
    assert (few["rare"], few["few_learned"]) == ("1", "900")
    assert MISSIONS["missing"].image_counts_for_texts()["rare"] == "54"


def test_what_mission_8_gives_to_try_begins_with_what_its_settings_lack(t):
    (run,) = MISSIONS["callback"].run_settings()
    change = {"target_metric": "val_accuracy"}
    with pytest.raises(SettingsError):
        run.with_values(**change)
    assert run.with_values(validation_split=0.1).with_values(**change)
    steps = [
        t(f"settings.{name}").lower()
        for name in ("validation_split.label", "target_metric.choices.val_accuracy")
    ]
    said = t("missions.callback.try").lower()
    assert said.index(steps[0]) < said.index(steps[1])


def test_no_text_of_a_mission_counts_validation_images_as_learned():
    for mission in ALL:
        held_out = [run for run in mission.run_settings() if run_split_sizes(run)[1]]
        totals = {f"{sum(run_split_sizes(run)):,}" for run in held_out}
        for language in language_tags():
            texts = Translator(language).texts_with_prefix(f"missions.{mission.id}.")
            for key, text in texts.items():
                assert not totals & set(re.findall(r"[\d,]+", text)), (language, key)


def test_the_word_for_teaching_without_old_images_fits_one_drawing_and_several(t):
    assert not re.search("this|[这這]", t("teaching.only"))


def test_words_for_all_training_images_do_not_say_that_a_network_learns_from_all_of_them(t):
    run = MISSIONS["wrong_labels"].run_settings()[-1]
    assert run_split_sizes(run)[0] < run.train_images == 5_000
    label = t("settings.train_images.label").rstrip("数數").lower()
    assert short_setting_words("train_images", run, t) == f"{label} 5,000"


def test_a_mission_whose_guesses_name_keras_says_what_it_is(t):
    library = re.compile("Keras, the library|程序库 Keras|程式庫 Keras")
    named = [
        mission
        for mission in ALL
        if "Keras" in str(t.texts_with_prefix(f"missions.{mission.id}.predict."))
    ]
    assert named and all(library.search(t(f"missions.{each.id}.task")) for each in named)


def test_sentences_on_networks_that_differ_say_which_network_they_mean(t):
    texts = t.texts_with_prefix("missions.wrong_labels.")
    by_heart, measured = (texts[key] for key in ("by_heart", "measured"))
    assert {"short", "long"} <= {field for _, field, *_ in Formatter().parse(by_heart)}
    assert not re.match("Its|它的", measured)


def test_missions_are_found_by_mark_and_by_name_and_are_short_together():
    assert [mission.short_name for mission in ALL] == [
        "A",
        "B",
        "C",
        "D",
        *"123456789",
        *map(str, range(10, 16)),
    ]
    for mission in ALL:
        assert (
            find_mission(mission.short_name.lower()) is find_mission(f" {mission.id} ") is mission
        )
    assert find_mission("16") is None
    assert sum(map(estimate_pair_training_seconds, ALL)) < 450


@pytest.mark.parametrize("mission", ALL, ids=MISSIONS)
def test_the_runs_of_a_mission_are_within_the_limits_and_a_teachers_changes_hold(mission):
    base = RunSettings(train_images=1_000, seed=7)
    for variant in mission.variants or (None,):
        for settings in mission.run_settings(base, variant):
            check_settings_limits(settings)
            images = None if settings.dataset_info.is_own else 1_000
            assert settings.train_images == images
            assert settings.seed == 7
            assert settings.dataset == mission.dataset
            wrong = (
                not (settings.flatten and settings.covers_all_classes) or settings.is_convolutional
            )
            assert settings.jit_compile != wrong


def test_runs_of_one_mission_differ_only_in_what_it_is_about():
    about = {
        "neurons": {"hidden"},
        "layers": {"hidden"},
        "epochs": {"epochs"},
        "raw_pixels": {"normalisation"},
    }
    for name, fields in about.items():
        first, *others = MISSIONS[name].run_settings()
        for other in others:
            assert {row for row in SETTINGS if getattr(first, row) != getattr(other, row)} == fields


def test_every_mission_has_its_words(t):
    for mission in ALL:
        for part in ("title", "goal", "task", "ask", "why", "try", "note"):
            assert t(f"missions.{mission.id}.{part}")
        for variant in mission.variants:
            assert t(f"missions.{mission.id}.variant") != t(
                f"missions.{mission.id}.variants.{variant}"
            )
        for question in mission.questions:
            assert question.right_choice in question.choices
            for choice in question.choices:
                feedback = t(f"missions.{mission.id}.questions.{question.name}.feedback.{choice}")
                assert (
                    t(f"missions.{mission.id}.questions.{question.name}.choices.{choice}")
                    != feedback
                )
        assert set(mission.glossary_words) <= set(WORDS)
    for words, claim in CLAIMS.items():
        assert t(f"missions.{words}.ask")
        for outcome in claim.outcomes:
            assert f"missions.{words}.verdicts.{outcome}" in t
        assert "held" in claim.predictions and set(claim.predictions) <= set(claim.outcomes)


def test_no_mission_has_unused_texts(t):
    wanted = {
        f"missions.{claim}.predict.{one}"
        for claim, row in CLAIMS.items()
        for one in row.predictions
    }
    held = {key for key in t._texts_by_key if key.startswith("missions.") and ".predict." in key}
    assert held == wanted
    glossary = {key.split(".")[1] for key in t._texts_by_key if key.startswith("glossary.")} - {
        "page",
        "axes",
    }
    assert glossary == set(WORDS)
    assert {row.glossary_word for row in SETTINGS.values()} <= {
        "",
        *WORDS,
    }


def test_what_a_mission_changes_is_said_in_words():
    t = Translator("en")
    changes = describe_changed_settings(MISSIONS["neurons"].run_settings(), RunSettings(), t)
    assert "Hidden layers: 8 / 128 / 512 / 1,024 (default: 128)" in changes
    assert not describe_changed_settings([RunSettings(seed=9)], RunSettings(), t)
    placeholders = {name for _, name, _, _ in Formatter().parse(t("missions.page.change"))} - {None}
    assert placeholders == {"setting", "values", "before"}


def test_progress_survives_being_kept_as_json():
    progress = read_progress(None)
    assert list(progress) == list(MISSIONS)
    assert all(one == MissionProgress() for one in progress.values())
    assert write_progress(progress) == {}
    progress["neurons"] = MissionProgress(
        "held", "not_held", ("a", "b"), 2, judged=True
    ).with_answer("cost", "a")
    progress["callback"] = MissionProgress(variant="accuracy_95", image=7, step="watch")
    progress["look"] = MissionProgress(
        rule=TrouserRule("narrow", "width", "at_most", 12), position=3
    ).with_answer("sets", "b")
    said = MissionVerdict(
        "held",
        {"name": CatalogueKey("datasets.mnist.classes.8"), "units": "128"},
        ("inside_neuron.measured",),
        ("held",),
    )
    progress["inside_neuron"] = MissionProgress("held", runs=("a",), judged=True, verdicts=(said,))
    assert read_progress(json.loads(json.dumps(write_progress(progress)))) == progress


@pytest.mark.parametrize(
    "mission", [each for each in MISSIONS.values() if f"missions.{each.id}.number" in EN]
)
def test_the_number_on_the_path_is_one_that_the_missions_verdict_says_and_has_a_unit(mission):
    said = [EN(f"missions.{mission.id}.verdicts.{outcome}") for outcome in mission.outcomes]
    phrase = EN.texts_with_prefix(f"missions.{mission.id}.")["number"]
    names = re.findall(r"{(\w+)}", phrase)
    assert names and any(all(f"{{{name}}}" in each for name in names) for each in said)
    # A share has its sign in the value; a count has a unit in the phrase.
    values = dict.fromkeys(names, "87.4%" if phrase == f"{{{names[0]}}}" else "12")
    progress = MissionProgress(judged=True, verdicts=(MissionVerdict("held", values),))
    assert progress.result_words(mission, EN) == phrase.format(**values)
    for verdicts in ((), (MissionVerdict("broken"),), (MissionVerdict("held", {"x": "1"}),)):
        assert MissionProgress(judged=True, verdicts=verdicts).result_words(mission, EN) is None


def test_a_verdict_stored_by_an_earlier_version_is_still_read():
    said = {"outcome": "held", "values": {"name": {"term": "classes.fashion_mnist.6"}}}
    verdict = read_progress({"inside_neuron": {"judged": True, "verdicts": [said]}})[
        "inside_neuron"
    ].verdicts[0]
    assert Translator("en")(verdict.values["name"]) == "Shirt"
    assert read_progress({"layers": {"done": True}})["layers"].judged


def test_a_stored_step_that_the_mission_does_not_have_is_dropped():
    steps = {"look": {"step": "rule"}, "network": {"step": "rule"}, "layers": {"step": "done"}}
    read = read_progress(steps)
    assert {name: read[name].step for name in steps} == {
        "look": "rule",
        "network": "",
        "layers": "",
    }


def test_the_first_answer_counts_and_both_predictions_are_required():
    mission = MISSIONS["network"]
    own = MissionProgress(judged=True).with_answer("softmax", "b").with_answer("softmax", "a")
    assert own.answers == {"softmax": "b"}
    assert own.retries == {"softmax": "a"}
    assert own.latest_choice("softmax") == "a"
    assert not own.is_mission_done(mission)
    own = own.with_answer("unseen", "c")
    assert own.is_mission_done(mission) and own.count_correct_first_tries(mission) == 1
    assert not MissionProgress(prediction="held").has_predicted_all(MISSIONS["neurons"])
    assert MissionProgress(prediction="held", second="held").has_predicted_all(MISSIONS["neurons"])
    assert MissionProgress(prediction="held").has_predicted_all(MISSIONS["layers"])


@pytest.mark.parametrize(
    "verdicts",
    [3, "held", [3], [{}], [{"outcome": "?", "values": {}}], [{"outcome": "held", "values": [1]}]],
)
def test_verdicts_that_cannot_be_read_are_dropped(verdicts):
    kept = read_progress({"layers": {"judged": True, "verdicts": verdicts}})["layers"]
    assert kept.judged and kept.verdicts == ()


@pytest.mark.parametrize(
    "note", [None, 3, [], {"neurons": 3}, {"neurons": {"answers": 3, "runs": 3, "prediction": "?"}}]
)
def test_progress_that_cannot_be_read_counts_as_not_begun(note):
    assert read_progress(note)["neurons"] == MissionProgress()


def test_the_time_left_of_a_run_that_waits_goes_by_the_pace_of_those_that_train():
    small = RunSettings(epochs=2)
    large = RunSettings(epochs=2, hidden=(256,))
    assert training_seconds_left([small, large], [0.5, 0.0], [None, None]) == [None, None]
    first, second = training_seconds_left([small, large], [0.5, 0.0], [3.0, None])
    assert first == 3.0
    assert second / 6.0 == pytest.approx(
        estimate_training_seconds(large) / estimate_training_seconds(small), rel=1e-3
    )
