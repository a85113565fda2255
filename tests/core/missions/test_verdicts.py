"""Every verdict, for made-up results that lead to each outcome, and for the runs that ship."""

import re
from itertools import product
from math import inf, nan
from types import SimpleNamespace

import numpy as np
import pytest

from catalogue_texts import SHIPS
from contrasts import check
from fvapp.core.datasets import DATASETS
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.table.epochs import judge_sureness
from fvapp.core.missions.table.five_outputs import spare_output_share_texts
from fvapp.core.missions.table.look import judge_zero_pixels
from fvapp.core.missions.table.outputs import judge_largest_share
from fvapp.core.missions.typical import TypicalMissionResults, typical_results
from fvapp.core.missions.verdict import OUTCOMES
from fvapp.core.results.chance import (
    margin_of_difference,
    margin_of_error_on_new_images,
    seed_spread,
)
from fvapp.core.runs import RunResult
from fvapp.core.wording import share_as_percent
from fvapp.i18n import Translator
from verdict_sentences import (
    ANSWERS,
    CLAIMS,
    MADE_UP,
    PARTING,
    SHORT,
    SURENESS,
    answer,
    course,
    epochs,
    every_sentence,
    failed,
    image_with_zeros,
    judge,
    scored,
    trials,
    validated,
)

EN = Translator("en")
JUDGED = {claim: row for claim, row in CLAIMS.items() if row.judge}


@pytest.mark.parametrize(("claim", "outcome"), MADE_UP)
def test_a_verdict_says_what_the_results_say(claim, outcome):
    mission = claim.partition(".")[0]
    assert MISSIONS[mission].can_judge_trials(trials(mission, *MADE_UP[claim, outcome]))
    assert judge(claim, MADE_UP[claim, outcome]).outcome == outcome


@pytest.mark.parametrize("outcome", MISSIONS["wrong_labels"].outcomes)
def test_the_first_sentence_on_wrong_labels_has_the_test_accuracy_of_all_three_networks(outcome):
    runs = MADE_UP["wrong_labels", outcome]
    for language in SHIPS:
        first = judge("wrong_labels", runs).verdict_sentences("wrong_labels", Translator(language))[
            0
        ]
        assert all(f"{run['result'].test_accuracy:.1%}" in first for run in runs[:3])


def test_every_outcome_that_a_claim_can_have_is_made_up():
    assert set(MADE_UP) == {
        (claim, outcome) for claim, row in JUDGED.items() for outcome in row.outcomes
    }


@pytest.mark.parametrize("outcome", MISSIONS["network"].outcomes)
def test_what_chance_explains_leaves_open_every_prediction(outcome):
    assert (judge("network", MADE_UP["network", outcome]).undecided == OUTCOMES) == (
        outcome == "within_noise"
    )


@pytest.mark.parametrize("outcome", MISSIONS["raw_pixels"].outcomes)
def test_it_does_not_matter_which_of_two_pixels_was_trained_first(outcome):
    assert (
        MISSIONS["raw_pixels"]
        .judge(trials("raw_pixels", *MADE_UP["raw_pixels", outcome])[::-1])
        .outcome
        == outcome
    )


@pytest.mark.parametrize(
    "losses", [[nan] * 5, [0.5, 0.4, 0.38, nan], [0.5, inf, nan], [0.5, None, None]], ids=str
)
@pytest.mark.parametrize("claim", [claim for claim in JUDGED if claim != "five_outputs.twelve"])
def test_a_diverged_run_is_never_judged_like_a_sound_one(claim, losses):
    row = MISSIONS[claim.partition(".")[0]]
    whole = course([0.5, 0.4, 0.35, 0.3, 0.3])
    broken = course(losses, losses)
    for place, _ in enumerate(row.run_settings()):
        runs = range(len(row.run_settings()) * (1 + len(row.teaching_ways)))
        verdict = judge(claim, [broken if number == place else whole for number in runs])
        said = verdict.verdict_sentences(claim, EN)
        if row.fails_on_purpose:  # this mission is about failing, and Keras has not failed
            assert verdict.outcome == "not_held", place
        else:
            check(said)
            assert verdict.outcome == "broken" and len(said) == 2, place
            assert "no longer a number" in said[0] and "Train again" in said[1]


def test_every_sentence_is_whole_and_no_two_outcomes_of_a_claim_say_the_same(language):
    said = list(every_sentence(language))
    for claim, outcome, sentences in said:
        for sentence in sentences:
            spoiled = re.search(r"[{}]|\bsettings\.|\bmissions\.|nan%", sentence)
            assert sentence.strip() and not spoiled, (claim, outcome)
    plain = [
        (claim, outcome, sentences) for claim, outcome, sentences in said if outcome not in PARTING
    ]
    assert len({(claim, sentences) for claim, _, sentences in plain}) == len(plain)
    assert len({sentences for _, outcome, sentences in said if outcome in PARTING}) == len(PARTING)


def test_a_run_continued_after_its_target_is_judged_by_the_epoch_that_reached_it():
    """Judge three epochs of which the second reached the target."""
    first, later = (
        judge(
            "callback",
            [
                scored(0.86, stopped_by="target", target_epoch=2)
                | {"epochs": epochs([0.5, 0.38, 0.35][:count], [0.9, 0.915, 0.93][:count])}
            ],
        )
        for count in (2, 3)
    )
    assert later == first and first.values["epoch"] == "2"


def test_where_networks_are_compared_the_test_set_only_measures():
    for claim in ("neurons", "layers", "epochs", "raw_pixels"):
        for outcome in MISSIONS[claim].outcomes:
            verdict = judge(claim, MADE_UP[claim, outcome])
            other = [dict(change) | scored(0.5) for change in MADE_UP[claim, outcome]]
            assert judge(claim, other).outcome == outcome
            first, *_, last = verdict.verdict_sentences(claim, EN)
            assert "test" not in first and "test set" in last


def test_the_smallest_network_as_good_as_the_best_is_the_one_that_is_measured():
    close = [validated(0.93), validated(0.970), validated(0.972), validated(0.975)]
    results = [{"result": RunResult(0.1, accuracy, 1.0)} for accuracy in (0.91, 0.92, 0.93, 0.94)]
    verdict = judge("neurons", [run | result for run, result in zip(close, results, strict=True)])
    assert (verdict.values["chosen"], verdict.values["test"]) == ("128", "92.0%")


@pytest.mark.parametrize("what", PARTING)
def test_overfitting_by_the_loss_comes_with_a_word_about_the_accuracy(what):
    verdict = judge("epochs", [SHORT, SHORT, PARTING[what]])
    assert verdict.outcome == "held" and verdict.further[0] == f"epochs.{what}"


def test_the_gap_of_one_network_counts_other_seeds_and_other_test_images():
    settings = MISSIONS["network"].run_settings()[0]
    seeds_alone = margin_of_difference(seed_spread(settings).accuracy_gap) / 2**0.5
    both = margin_of_error_on_new_images(seed_spread(settings).accuracy_gap, 0.88, 10_000)
    assert both > seeds_alone
    assert both == pytest.approx((seeds_alone**2 + (2.262 * 0.0032496) ** 2) ** 0.5, rel=1e-3)


@pytest.mark.parametrize(
    ("zeros", "outcome"),
    [
        (345, "not_held"),
        (351, "within_noise"),
        (353, "within_noise"),
        (435, "within_noise"),
        (436, "held"),
    ],
)
def test_the_zeros_of_an_image_are_judged_as_they_are_shown(zeros, outcome):
    verdict = judge_zero_pixels(42, image_with_zeros(zeros))
    assert verdict.outcome == outcome
    share = int(verdict.values["share"].rstrip("%"))
    assert (45 <= share <= 55) == (outcome == "within_noise")
    assert str(zeros) in verdict.verdict_sentences("look", EN)[0]


def test_the_biggest_of_ten_shares_is_compared_with_the_label_and_the_sureness_of_two_networks():
    for outcome, given in ANSWERS.items():
        verdict = judge_largest_share(given, 9)
        assert (verdict.outcome, verdict.values["sum"]) == (outcome, "1.0000")
    assert judge_largest_share(answer(c9=nan), 9).outcome == "broken"
    assert [judge_sureness(*pair, 9).outcome for pair in SURENESS.values()] == list(SURENESS)


@pytest.mark.parametrize(
    ("short", "long"), list(product((0.0, 0.0499, 0.1, 0.49996, 0.5, 1.0), repeat=2))
)
def test_numbers_of_any_size_are_compared_as_they_are_shown(short, long):
    one = answer(c9=short)
    other = answer(c9=long)
    check(judge_largest_share(one, 9).verdict_sentences("outputs", EN))
    surer = other.confidence > one.confidence and share_as_percent(
        other.confidence
    ) != share_as_percent(one.confidence)
    assert (judge_sureness(one, other, 9).outcome != "not_held") == surer


def test_what_the_spare_outputs_get_is_never_rounded_to_nothing():
    spare = answer(c9=0.97)
    twelve = type(spare)((*spare.probabilities, 0.00002, 0.00003), 9, True)
    assert spare_output_share_texts([twelve, twelve]) == {
        "images": "2",
        "mean": "0.005%",
        "most": "0.005%",
    }


def test_runs_that_did_not_come_to_their_end_give_no_verdict():
    for state in ("stopped", "lost", "running", "failed"):
        assert not MISSIONS["layers"].can_judge_trials(trials("layers", {}, {"state": state}))
    assert not MISSIONS["layers"].can_judge_trials(trials("layers", {}, {})[:1])
    assert MISSIONS["five_outputs"].can_judge_trials(trials("five_outputs", failed("?"), {}))


TYPICAL = typical_results()


def test_the_results_that_ship_are_of_every_mission_on_its_whole_data_set():
    # What a network forgets depends on the visitor's drawings, so no result is typical.
    assert set(TYPICAL.missions) == {
        name
        for name, mission in MISSIONS.items()
        if not (mission.teaching_ways or DATASETS[mission.dataset].is_own)
    }
    for name, one in TYPICAL.missions.items():
        mission = MISSIONS[name]
        assert one.dataset == mission.dataset
        if mission.judge:
            assert tuple(trial.settings for trial in one.trials) == mission.run_settings()
            assert mission.can_judge_trials(one.trials)
    assert TypicalMissionResults.from_json(TYPICAL.to_json()) == TYPICAL


def test_figures_that_notes_call_measured_equal_the_shipped_results(t):
    measured = [
        share_as_percent(trial.test_accuracy, 0)
        for trial in TYPICAL.missions["wrong_labels"].trials
    ]
    assert re.findall(r"[6-8]\d%", t("missions.wrong_labels.note").replace("80%", "")) == measured
    lost = float(TYPICAL.missions["inside_neuron"].verdict.values["lost"])
    assert f" {lost:.1f} " in t("missions.inside_neuron.note")


def test_the_runs_that_ship_lead_to_what_was_seen_when_they_were_measured():
    outcomes = {name: one.verdict.outcome for name, one in TYPICAL.missions.items()}
    others = {"inside_neuron": "not_held"}
    assert outcomes == dict.fromkeys(TYPICAL.missions, "held") | others
    assert TYPICAL.missions["neurons"].second_verdict.outcome == "within_noise"
    for name in ("five_outputs", "wrong_labels", "missing", "wrong_reason"):
        assert TYPICAL.missions[name].second_verdict.outcome == "held", name


def test_what_is_typical_of_the_mixed_up_classes_is_measured_on_a_data_set():
    labels = np.repeat(np.arange(10, dtype=np.uint8), 4)
    # The network classifies every shirt (label 6) as a T-shirt (label 0).
    answers = np.where(labels == 6, 0, labels)
    network = SimpleNamespace(class_shares=lambda images: np.eye(10)[answers])
    verdict = MISSIONS["confusion"].measure(SimpleNamespace(x_test=labels, y_test=labels), network)
    assert verdict.outcome == "held"
    assert verdict.values["wrong"] == "4"
    assert verdict.values["images"] == "4"
