"""Puts numbers, settings and runs into words, in the same way on every page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from math import floor, isfinite, log10
from typing import Any, Literal

from fvapp.core.dataset_table import DATASETS
from fvapp.core.errors import CatalogueKey
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import (
    DEFAULTS,
    SETTINGS,
    RunSettings,
    changed_setting_rows,
    setting_has_effect,
    setting_to_text,
    usual_settings_for_network,
)
from fvapp.core.teaching import TeachingRecord

Translate = Callable[..., str]


def join_sentences(t: Translate, *parts: str) -> str:
    """Join sentences as the language requires: with spaces in English, without in Chinese."""
    return reduce(
        lambda first, second: t("common.two_sentences", first=first, second=second), parts
    )


def split_first_sentence(text: str) -> tuple[str, str]:
    """Return the first sentence of a Markdown text in any language of the app, and the rest."""
    end = re.search(r"[.?!][”\"]?(?=\*{0,2}(?:\s|$))|[。？！][」”]?", text)
    cut = end.end() if end else len(text)
    if text.count("**", 0, cut) % 2:  # the sentence ends within bold text
        cut += len("**")
    return text[:cut], text[cut:].lstrip()


def is_narrow_class_name(name: str) -> bool:
    """Return whether a class name is about as narrow as a digit; False for Chinese names."""
    return name.isascii() and len(name) < 3


NOTHING = "–"
"""The dash that is shown in place of a missing value."""


def share_as_percent(share: float | None, digits: int = 1) -> str:
    """Return a share between 0 and 1 as a percentage: ``"88.2%"`` for ``0.8823``.

    A final 5 is rounded up, as in school and in the browser's charts: ``0.8725`` becomes
    ``"87.3%"``. Python's own rounding is not used, because it rounds to the even digit. With 10,000
    test images, one accuracy in ten ends in such a 5. The result is `NOTHING` if the share is None
    or not finite.
    """
    return (
        f"{_round_half_up(100 * share, digits)}%"
        if share is not None and isfinite(share)
        else NOTHING
    )


def _round_half_up(value: float, digits: int) -> Decimal:
    # Round the short decimal form, because the binary number for 0.285 is smaller than 0.285 and
    # would be rounded down.
    return Decimal(f"{value:.12g}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def plain_number_text(value: float) -> str:
    """Return a number as text with all its decimals and no exponent, such as ``0.00001``."""
    return f"{Decimal(repr(value)).normalize():f}"


def correct_and_total_texts(accuracy: float, images: int) -> tuple[str, str]:
    """Return how many answers out of 100 (or more) are correct, such as ``("86", "100")``.

    If a total of 100 would wrongly suggest that all or no answers are correct, the total is 1,000
    or 10,000. For 10,000 images, ``0.8645`` gives ``("86", "100")`` and ``0.9961`` gives ``("996",
    "1,000")``. If there are fewer images than such a total, the exact numbers are returned.
    """
    right = round(accuracy * images)
    rounded = (
        (int(_round_half_up(of * accuracy, 0)), of) for of in (100, 1_000, 10_000) if of < images
    )
    n, of = next(
        ((n, of) for n, of in rounded if (n > 0) == (right > 0) and (n < of) == (right < images)),
        (right, images),
    )
    return f"{n:,}", f"{of:,}"


def percentage_points_text(difference: float) -> str:
    """Return the size of a difference between two accuracies, in percentage points.

    ``0.0123`` gives ``"1.2"``. Below one point, the text has two decimals: ``0.0012`` gives
    ``"0.12"``.
    """
    return AccuracyDifference.from_accuracies(0.0, difference).percentage_points


@dataclass(frozen=True)
class NumberClaim:
    """A sentence's claim about two numbers, in a form that can be checked against the runs.

    Attributes:
        relation: "rises" or "falls" if the second number differs from the first by more than the
            margin of error, "level" if it does not. Alternatively, "below" if the first number is
            smaller than the second, "at_least" if it is not.
        first_number, second_number, margin: the placeholder names of the numbers in the sentence,
            or fixed numbers as text.
    """

    relation: Literal["rises", "falls", "level", "below", "at_least"]
    first_number: str
    second_number: str
    margin: str = "0"


@dataclass(frozen=True)
class AccuracyDifference:
    """Two accuracies to show side by side, and their difference, all rounded for display.

    Attributes:
        percent_before, percent_after: the accuracies as percentages.
        percentage_points: the size of their difference, in percentage points.
        signed_points: the difference with its sign, in percentage points.
        margin_points: the margin of error: the largest difference that chance alone may cause, in
            percentage points.
        direction: 1 if accuracy rose by more than the margin of error, -1 if it dropped by more
            than the margin, else 0.
    """

    percent_before: str
    percent_after: str
    percentage_points: str
    signed_points: str
    margin_points: str
    direction: int

    @classmethod
    def from_accuracies(
        cls, before: float, after: float, margin: float = 0.0, digits: int | None = None
    ) -> AccuracyDifference:
        """Return the difference from `before` to `after`, as shown: of the rounded accuracies.

        Args:
            margin: the margin of error, as a share between 0 and 1.
            digits: number of decimals. None stands for one decimal, or for two decimals if the
                difference is below 0.95 percentage points, or if it is not equal to the difference
                between the rounded accuracies.
        """

        def round_all(digits: int) -> list[Decimal]:
            return [
                _round_half_up(100 * share, digits)
                for share in (before, after, after - before, margin)
            ]

        first, second, difference, noise = round_all(digits or 1)
        if digits is None and (second - first != difference or 0 < abs(after - before) < 0.0095):
            first, second, _, noise = round_all(2)
        difference = second - first
        return cls(
            f"{first}%",
            f"{second}%",
            str(abs(difference)),
            f"{difference + 0:+}".replace("-", "\N{MINUS SIGN}"),
            str(noise),
            (difference > noise) - (difference < -noise),
        )

    def as_sentence_values(
        self, before: str, after: str, points: str, margin: str | None = None
    ) -> dict[str, str]:
        """Return the accuracies and their difference, keyed by a sentence's placeholder names."""
        values = {
            before: self.percent_before,
            after: self.percent_after,
            points: self.percentage_points,
        }
        return values if margin is None else values | {margin: self.margin_points}

    def as_number_claim(self, before: str, after: str, margin: str = "0") -> NumberClaim:
        """Return what a sentence with these placeholders claims about the two accuracies."""
        return NumberClaim(("falls", "level", "rises")[self.direction + 1], before, after, margin)


FEW_IMAGES = 100
"""With fewer test images than this, a count of images says more than a percentage."""


def correct_share_words(share: float, images: int, t: Translate) -> str:
    """Return the share of correctly classified images, as ``"86.8%"`` or ``"18 of 21"``."""
    few = 0 < images < FEW_IMAGES
    return (
        t("common.of_all", n=round(share * images), all=images) if few else share_as_percent(share)
    )


def accuracy_words(result: RunResult | None, t: Translate) -> str:
    """Return the test accuracy of a run, worded by :func:`correct_share_words`, or a dash."""
    if result is None:
        return NOTHING
    return correct_share_words(result.test_accuracy, result.test_image_count or FEW_IMAGES, t)


def loss_text(loss: float | None) -> str:
    """Return a loss with three decimals, or with two significant digits if below 0.01."""
    if loss is None:  # in a run opened from a file, None stands for a loss that was not finite
        return "nan"
    return f"{loss:.3f}" if not 0 < loss < 0.01 else f"{loss:.{1 - floor(log10(loss))}f}"


def duration_words(seconds: float, t: Translate) -> str:
    """Return seconds as a short duration: ``"0.4 s"``, ``"12 s"``, ``"3 min 20 s"``."""
    if seconds < 10:
        return t("common.seconds", n=f"{seconds:.1f}")
    if seconds < 60:
        return t("common.seconds", n=f"{seconds:.0f}")
    minutes, rest = divmod(round(seconds), 60)
    return t("common.minutes", m=minutes, s=rest)


def class_names(dataset: str, t: Translate) -> list[str]:
    """Return the names of the classes of a data set, in the order of the labels."""
    return [class_name(label, dataset, t) for label in range(DATASETS[dataset].class_count)]


def output_names(names: Sequence[str], outputs: int) -> list[str]:
    """Return names for a network's outputs: the class names, then numbers for extra outputs."""
    return [*names, *map(str, range(len(names), outputs))]


def class_name(label: int, dataset: str, t: Translate) -> str:
    """Return the name of one class of a data set."""
    name = DATASETS[dataset].class_name(label)
    return t(name) if isinstance(name, CatalogueKey) else name


def network_words(settings: RunSettings, t: Translate) -> str:
    """Return a short name of a network, such as ``"128"``, ``"512 + 256"`` or ``"Small CNN"``."""
    if settings.is_convolutional:
        return t(f"settings.network.choices.{settings.network}")
    return " + ".join(f"{width:,}" for width in settings.hidden) or t("train.no_hidden")


def network_phrase(settings: RunSettings, t: Translate) -> str:
    """Return a name of a network that needs no explanation, such as ``"128 neurons"``."""
    words = network_words(settings, t)
    return t("train.neurons", n=words) if settings.network == "dense" and settings.hidden else words


def run_title(record: RunRecord, t: Translate) -> str:
    """Return the title of a run: its name or, without a name, its number and a description.

    The description is the network, or what the network was taught. If the run came from a file, the
    title says so.
    """
    network = (
        taught_run_words(record.taught, t) if record.taught else network_words(record.settings, t)
    )
    title = record.name or t("common.run", n=record.number, network=network)
    return t("common.imported", title=title) if record.imported else title


def taught_run_words(taught: TeachingRecord, t: Translate) -> str:
    """Return words for a taught run and what it was taught: ``"run 5, taught 3 drawings"``."""
    words = t("common.taught", n=taught.parent_number, count=len(taught.examples))
    return words + t("common.taught_mixed") if taught.mixed else words


def settings_summary(settings: RunSettings, t: Translate) -> str:
    """Return settings in one line: ``"64 neurons · 5 epochs · no validation · digits"``.

    Besides the network, the epochs and the data set, only settings that differ from the defaults
    for the kind of network are listed. The seed is left out.
    """
    usual = usual_settings_for_network(settings.network, settings.dataset)
    names = dict.fromkeys(["epochs", *_changed_setting_names(settings, usual)])
    return " · ".join(
        [
            network_phrase(settings, t),
            *(short_setting_words(name, settings, t) for name in names if name not in _NO_MARK),
            t(settings.dataset_info.dataset_text_key("of")),
        ]
    )


def _changed_setting_names(settings: RunSettings, usual: RunSettings) -> list[str]:
    """Return the names of the settings that have an effect and differ from those in `usual`."""
    return [
        row.name
        for row in changed_setting_rows(settings, usual)
        if setting_has_effect(row, settings)
    ]


def differing_setting_names(settings: Sequence[RunSettings]) -> set[str]:
    """Return the names of the settings that are not equal in all of `settings`."""
    return {row.name for each in settings for row in changed_setting_rows(settings[0], each)}


def run_titles(records: Sequence[RunRecord], t: Translate) -> dict[str, str]:
    """Return the title of each run in a list, by id.

    The title of a run without a name also gives the settings that distinguish it: the first two
    settings that vary within the list and differ from their defaults, all of these settings if a
    run with other settings has the same two, and the seed if an earlier run has the same settings
    with another seed. Titles that are still equal also give the numbers of the runs.
    """
    told = {record.id: record.told_settings for record in records}
    differ = differing_setting_names([*told.values()]) - _NO_MARK
    words = {
        run: (
            network_words(settings, t),
            *(
                short_setting_words(name, settings, t)
                for name in _changed_setting_names(settings, DEFAULTS)
                if name in differ
            ),
        )
        for run, settings in told.items()
    }
    briefly = Counter(whole[:_MOST_WORDS] for whole in {*words.values()})
    seeds: dict[tuple[str, ...], int] = {}  # words -> the first seed seen with these words
    titles: dict[str, str] = {}
    for record in sorted(records, key=lambda record: record.number):
        title = titles[record.id] = run_title(record, t)
        seed = record.settings.seed
        whole = words[record.id]
        if not record.name:
            brief = whole[:_MOST_WORDS]
            marks = [title, *(brief if briefly[brief] == 1 else whole)[1:]]
            if seeds.get(whole, seed) != seed:
                marks.append(short_setting_words("seed", record.settings, t))
            titles[record.id] = " · ".join(marks)
        seeds.setdefault(whole, seed)
    often = Counter(titles.values())
    return {
        record.id: titles[record.id]
        if often[titles[record.id]] == 1
        else f"{titles[record.id]} ({record.number})"
        for record in records
    }


IN_ITS_NAME = {"network", "hidden"}
"""Settings whose values :func:`network_words` already includes in the name of a network."""

_NO_MARK = IN_ITS_NAME | {"seed"}
_MOST_WORDS = 3  # the network, and two settings


def short_setting_words(name: str, settings: RunSettings, t: Translate) -> str:
    """Return the value of a setting in a few words, such as ``"dropout 0.2"`` or ``"no mark"``."""
    value = getattr(settings, name)
    row = SETTINGS[name]
    kind = "without" if value == row.value_meaning_without else "short"
    if row.worded_as == "images" and settings.dataset_info.text:
        kind += "_strips"
    words = setting_value_words(name, value, t, settings)
    return t(f"settings.{name}.{kind}", value=words)


def setting_value_words(name: str, value: Any, t: Translate, settings: RunSettings) -> str:
    """Return words for the value of a setting.

    Args:
        settings: the other settings, which give the value its meaning: their data set may name a
            class, and if training may end early, there are at most so many epochs.
    """
    row = SETTINGS[name]
    match row.worded_as or row.kind:
        case "at most" if settings.may_end_early:
            return t(f"settings.{name}.at_most", n=value)
        case "percent":
            return f"{(Decimal(str(value)) * 100).normalize():f}%"
        case "class" if value != "none":
            return class_name(value, settings.dataset, t)
        case "data set":
            return t(DATASETS[value].dataset_text_key("choice"))
        case "class" | "choice" | "images":
            return t(f"settings.{name}.choices.{setting_to_text(name, value)}")
        case "flag":
            return t("compare.values.on" if value else "compare.values.off")
        case "widths":
            return network_words(RunSettings(hidden=value), t)
        case "never" if not value:
            return t("compare.values.never")
        case "digits":
            return str(value)
    return f"{value:,}" if isinstance(value, int) else plain_number_text(value)


def epoch_words(record: RunRecord) -> str:
    """Return a run's current or last completed epoch and its total, such as ``"3/5"``.

    A run that is paused in the middle of an epoch shows the number of this epoch. A stopped run
    shows the number of completed epochs.
    """
    within = record.state == "running" or (record.state in ("paused", "queued") and record.step > 0)
    return f"{min(record.epoch + within, record.epochs)}/{record.epochs}"
