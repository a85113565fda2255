"""The names of runs, and how shares are rounded."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalogue_texts import SHIPS
from fvapp.core.names import clean_name, escape_csv_cell
from fvapp.core.runs import RunRecord
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.teaching import TeachingRecord
from fvapp.core.wording import (
    AccuracyDifference,
    correct_and_total_texts,
    plain_number_text,
    run_titles,
    setting_value_words,
    settings_summary,
    share_as_percent,
    short_setting_words,
    split_first_sentence,
)
from fvapp.i18n import Translator

t = Translator("en")
RUN = RunRecord("a", 1, RunSettings(), "done")
share = st.integers(0, 1_000_000).map(lambda n: n / 1_000_000)


def test_runs_of_the_same_name_can_be_told_apart_in_a_list():
    records = [
        replace(RUN, name="mine"),
        replace(RUN, id="b", number=2, name="mine"),
        replace(RUN, id="c", number=3),
    ]
    assert run_titles(records, t) == {"a": "mine (1)", "b": "mine (2)", "c": "Run 3 · 128"}


def test_taught_networks_are_told_apart_by_the_first_letters_of_their_titles():
    records = [
        replace(RUN, id=str(n), number=n, taught=TeachingRecord("a", 1, ("x", "y"), n > 2))
        for n in (2, 3, 4)
    ]
    for translate in map(Translator, SHIPS):
        titles = run_titles(records, translate).values()
        assert len({title[:8] for title in titles}) == 3


def test_the_summary_of_settings_names_the_network_and_every_changed_setting():
    few = RunSettings(hidden=(64, 32), epochs=1, dropout=0.3, train_images=1_000)
    for settings, words in (
        (RunSettings(), "128 neurons · 5 epochs · clothes"),
        (
            RunSettings("mnist", hidden=(64,), validation_split=0.0, seed=7),
            "64 neurons · 5 epochs · no validation · digits",
        ),
        (few, "64 + 32 neurons · 1 epoch · training images 1,000 · dropout 0.3 · clothes"),
        (RunSettings(network="cnn", batch_size=128), "Small CNN · 5 epochs · clothes"),
        (RunSettings(hidden=()), "no hidden layer · 5 epochs · clothes"),
    ):
        assert settings_summary(settings, t) == words


@pytest.mark.parametrize("images", [1, 7, 99, 100, 400, 1_000, 10_000])
def test_counts_out_of_a_hundred_agree_with_the_accuracy_and_round_to_all_or_none_only_if_true(
    images,
):
    for right in {
        0,
        1,
        images // 3,
        images // 2,
        images - 1,
        images,
        *range(0, images, max(1, images // 211)),
    }:
        said, of = (
            int(text.replace(",", "")) for text in correct_and_total_texts(right / images, images)
        )
        assert abs(said / of - right / images) <= 0.5 / of + 1e-9
        assert (said > 0, said < of) == (right > 0, right < images) and of <= images
        assert of == images if images < 100 else of >= 100


@pytest.mark.parametrize("images", [7, 32, 1_000, 2_000, 10_000])
def test_a_half_is_rounded_up_whatever_binary_makes_of_it(images):
    for right in range(images + 1):
        exact = Decimal(100 * right) / images
        assert (
            share_as_percent(right / images) == f"{exact.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"
        )


@pytest.mark.parametrize("digits", [None, 1, 2])
@given(before=share, after=share, margin=share)
@example(before=0.9546, after=0.9773, margin=0.0)
@example(before=0.869625, after=0.74845, margin=0.0)
@example(before=0.97867, after=0.97733, margin=0.0)
def test_a_difference_is_that_of_the_accuracies_beside_it_and_compared_with_what_chance_makes(
    digits, before, after, margin
):
    exact = [100 * Decimal(repr(number)) for number in (before, after, margin)]
    shown = AccuracyDifference.from_accuracies(before, after, margin, digits)
    unit = Decimal(1).scaleb(-(digits or len(shown.percentage_points.partition(".")[2])))
    first, second, noise = (each.quantize(unit, ROUND_HALF_UP) for each in exact)
    apart = abs(second - first)
    assert (shown.percent_before, shown.percent_after) == (f"{first}%", f"{second}%")
    assert (shown.percentage_points, shown.margin_points) == (str(apart), str(noise))
    assert abs(shown.direction) == (apart > noise)
    if digits is None:
        # One decimal is shown only if the exact difference would be rounded to the one shown.
        rounded = abs(exact[1] - exact[0]).quantize(unit, ROUND_HALF_UP)
        assert rounded == apart or unit == Decimal("0.01")


def test_a_number_is_shown_with_its_decimals_and_no_exponent():
    assert [plain_number_text(number) for number in (0.00001, 8.267e-05, 1.0, 10.0)] == [
        "0.00001",
        "0.00008267",
        "1",
        "10",
    ]
    assert setting_value_words("learning_rate", 0.00001, t, RunSettings()) == "0.00001"


def titles(*settings):
    return list(
        run_titles(
            [replace(RUN, id=str(n), number=n, settings=s) for n, s in enumerate(settings, 1)], t
        ).values()
    )


def test_runs_are_called_by_what_they_change():
    base = RunSettings()
    assert titles(base, replace(base, dropout=0.2), replace(base, epochs=10, hidden=(512,))) == [
        "Run 1 · 128",
        "Run 2 · 128 · dropout 0.2",
        "Run 3 · 512 · 10 epochs",
    ]
    small = RunSettings(train_images=1_000)  # both runs share this setting, so no title names it
    assert titles(small, replace(small, optimizer="rmsprop")) == [
        "Run 1 · 128",
        "Run 2 · 128 · RMSprop",
    ]
    assert titles(replace(base, seed=7), replace(base, seed=8)) == [
        "Run 1 · 128",
        "Run 2 · 128 · seed 8",
    ]


@pytest.mark.parametrize("language", SHIPS)
@pytest.mark.parametrize("count", [1_000, None])
def test_a_run_of_a_text_learns_from_strips_whatever_the_other_runs_learn_from(language, count):
    t = Translator(language)
    runs = [RunSettings(dataset, train_images=count) for dataset in ("mnist", "stories")]
    images, strips = (short_setting_words("train_images", run, t) for run in runs)
    assert images != strips == short_setting_words("train_images", runs[0], t.for_text_data())


def test_runs_with_different_settings_differ_in_more_than_their_numbers():
    few = RunSettings(train_images=5_000, wrong_labels=0.3)
    assert titles(RunSettings(), few, replace(few, epochs=60), replace(few, dropout=0.2)) == [
        "Run 1 · 128",
        "Run 2 · 128 · training images 5,000 · 30% wrong labels",
        "Run 3 · 128 · training images 5,000 · 30% wrong labels · 60 epochs",
        "Run 4 · 128 · training images 5,000 · 30% wrong labels · dropout 0.2",
    ]


def test_a_name_tells_the_epochs_that_a_run_had_or_that_it_may_have_ended_early():
    ten = RunSettings(epochs=10)
    records = [
        RUN,
        replace(RUN, epochs=6),  # one more epoch was added
        replace(RUN, settings=ten, epochs=10, epoch=3, state="stopped"),
        replace(RUN, settings=replace(ten, patience=2), epochs=10, epoch=3),
    ]
    records = [replace(record, id=str(n), number=n) for n, record in enumerate(records, 1)]
    assert list(run_titles(records, t).values()) == [
        "Run 1 · 128",
        "Run 2 · 128 · 6 epochs",
        "Run 3 · 128 · 3 epochs",
        "Run 4 · 128 · at most 10 epochs · patience 2",
    ]


def test_settings_that_turn_something_off_have_words_of_their_own():
    nothing = [
        name
        for name, row in SETTINGS.items()
        if getattr(RunSettings(), name) == row.value_meaning_without
    ]
    without = {name: short_setting_words(name, RunSettings(), t) for name in nothing}
    assert without.items() >= {
        ("train_images", "all training images"),
        ("rare_class", "no rare class"),
        ("marked_class", "no mark"),
        ("examples", "no own examples"),
        ("target_metric", "no target"),
    }
    assert short_setting_words("rare_class", RunSettings(rare_class=0), t) == "rare: T-shirt/top"
    assert "0.000001%" in short_setting_words("wrong_labels", RunSettings(wrong_labels=1e-8), t)


@pytest.mark.parametrize(
    ("share", "digits", "words"),
    [(0.125, 0, "13%"), *((no_number, 1, "–") for no_number in (None, float("nan"), float("inf")))],
)
def test_a_share_can_be_shown_without_decimals_and_nan_is_a_dash(share, digits, words):
    assert share_as_percent(share, digits) == words


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-dropout", "@SUM(A1)", '=HYPERLINK("https://evil.example")']
)
def test_no_cell_begins_as_a_formula_does_and_the_name_is_the_same_when_it_is_edited(name):
    cell = escape_csv_cell(name)
    assert cell[0] not in "=+-@\t\r\n" and cell.endswith(name) and clean_name(cell) == name
    assert escape_csv_cell(f"1 {name}") == f"1 {name}"  # a name after other text needs no escaping


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One of 0.5 and more. Two.", "One of 0.5 and more."),
        ("**Bold, whole.** Then?", "**Bold, whole.**"),
        ("哪個近。**這裏**是。", "哪個近。"),
        ("**哪個近。**這裏。", "**哪個近。**"),
        ("No end", "No end"),
        ("", ""),
    ],
)
def test_the_first_sentence_of_a_text_is_whole_and_nothing_gets_lost(text, first):
    found, others = split_first_sentence(text)
    assert found == first and found + text[len(found) : len(text) - len(others)] + others == text
