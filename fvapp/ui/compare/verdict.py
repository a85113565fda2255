"""Draws the verdict (which of the compared networks is better), and the evidence for it."""

from html import escape

import streamlit as st

from fvapp.core.colours import RUNS
from fvapp.core.glossary import CHANCE_WORDS
from fvapp.core.results.comparison import changes_of_runs, is_tested_on_other_data
from fvapp.core.results.statistics import SeedGroup, count_test_images, verdict_sentence
from fvapp.core.wording import (
    FEW_IMAGES,
    AccuracyDifference,
    correct_share_words,
    percentage_points_text,
    share_as_percent,
)
from fvapp.ui.compare.comparison import RunComparison
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import draw_word_popovers

_MARKS = ("▲", "●", "■", "◆", "★", "✚", "✖", "⬟")  # the charts' markers, in the charts' order


def draw_verdict(comparison: RunComparison) -> None:
    """Draw which chosen runs are better: a headline, and a line of figures below the headline."""
    t = comparison.t
    groups = comparison.chosen_groups
    if len(groups) > 1:
        headline, parts = _two_group_verdict(comparison)
    elif groups:
        name = comparison.network_name(groups[0].runs[0])
        kind = _reason_for_one_group(comparison)
        mean = _mean_accuracy_text(
            groups[0],
            comparison,
            share_as_percent(groups[0].mean_accuracy(comparison.accuracy_measure)),
        )
        headline = t(f"compare.headline.{kind}", title=name, mean=mean)
        unlearned = groups[0].unlearned_message
        parts = [t(unlearned[0], **unlearned[1]) if unlearned else _accuracy_range_text(comparison)]
    else:
        headline = t("compare.headline.no_result")
        reason = "line.no_result" if comparison.chosen_runs else "choose_hint"
        if any(run.sealed for run in comparison.chosen_runs):
            reason = "line.sealed"
        parts = [t(f"compare.{reason}")]

    with st.container(key="verdict"):
        st.header(escape_markdown(headline), anchor=False)
        st.html(f"<p>{''.join(f'<span>{part}</span>' for part in parts)}</p>")


def _mean_accuracy_text(group: SeedGroup, comparison: RunComparison, share: str) -> str:
    """Return a text with a group's mean accuracy, or with its number of correct images.

    The number is for a single run with few test images; otherwise, return `share`.
    """
    images = count_test_images(group, comparison.accuracy_measure)
    few = len(group.runs) == 1 and images < FEW_IMAGES
    return (
        correct_share_words(group.mean_accuracy(comparison.accuracy_measure), images, comparison.t)
        if few
        else share
    )


def _two_group_verdict(comparison: RunComparison) -> tuple[str, list[str]]:
    """Return which of the first two groups is better: a headline, and figures as HTML parts."""
    t = comparison.t
    groups = comparison.chosen_groups[:2]
    verdict = comparison.verdicts[0]
    chance = sum(comparison.error_bar_lengths[:2])
    shown = AccuracyDifference.from_accuracies(*verdict.group_means, chance)
    better = verdict.mean_difference > 0
    names = [comparison.network_name(group.runs[0]) for group in groups]
    numbers = (shown.percent_before, shown.percent_after)
    parts = []

    for group, name, number in zip(groups, names, numbers, strict=True):
        place = comparison.colour_index(group.runs[0])
        mark = (
            ""
            if place is None
            else f'<i style="color:{RUNS[place]}" aria-hidden="true">{_MARKS[place]}</i> '
        )
        mean = _mean_accuracy_text(group, comparison, number)
        parts.append(mark + t("compare.headline.one", title=escape(name), mean=f"<b>{mean}</b>"))

    if is_tested_on_other_data(changes_of_runs(*(group.runs[0] for group in groups))):
        return t("compare.headline.other_data"), parts
    high = numbers[better].removesuffix("%")
    low = numbers[not better]
    if unlearned := [sentence for sentence in verdict.unlearned_messages if sentence]:
        parts.append(t(unlearned[0][0], **unlearned[0][1]))
        return verdict_sentence(verdict, names[0], names[1], t), parts
    kind: str = "chance" if verdict.outcome in ("less", "cannot_say") else verdict.outcome
    if kind in ("chance", "more") and not chance:
        kind = "apart"
    parts.append(
        t(
            f"compare.line.{kind}",
            difference=shown.percentage_points,
            count=verdict.difference_in_images,
            images=f"{verdict.image_count:,}",
            chance=shown.margin_points,
        )
    )
    return t(f"compare.headline.{verdict.outcome}", better=names[better], high=high, low=low), parts


def _reason_for_one_group(comparison: RunComparison) -> str:
    """Return the key of the reason why there is only one group of runs to compare.

    The visitor chose only one run, only one run has a result, or all runs have the same settings.
    """
    if len(comparison.chosen_runs) == 1:
        return "one"
    if (
        len(comparison.first_runs_of_two_groups) > 1
        or sum(record.result is not None for record in comparison.chosen_runs) < 2
    ):
        return "one_result"
    return "one_group" if len(comparison.chosen_groups[0].runs) > 1 else "same"


def _accuracy_range_text(comparison: RunComparison) -> str:
    """Return a text for a comparison with only one group: its range of accuracies, or a hint."""
    values = comparison.chosen_groups[0].accuracies(comparison.accuracy_measure)
    if len(values) > 1:
        return comparison.t(
            "compare.line.range",
            n=len(values),
            low=share_as_percent(min(values)),
            high=share_as_percent(max(values)),
        )
    alone = len(comparison.all_records) == 1
    return comparison.t(
        f"compare.line.{'train_second' if alone else _reason_for_one_group(comparison)}"
    )


def draw_verdict_evidence(comparison: RunComparison) -> None:
    """Draw why a network counts as better: comparisons in words, each group's mean and spread."""
    t = comparison.t
    groups = comparison.chosen_groups
    names = [comparison.network_name(group.runs[0]) for group in groups]
    if len(groups) == 1 < len(comparison.chosen_runs):
        st.text(t(f"compare.verdict.{_reason_for_one_group(comparison)}", title=names[0]))

    for group, name, verdict in zip(groups[1:], names[1:], comparison.verdicts, strict=True):
        changes = changes_of_runs(groups[0].runs[0], group.runs[0])
        st.text(verdict_sentence(verdict, names[0], name, t, changes))

    for group, name in zip(groups, names, strict=True):
        st.text(_group_summary_text(group, name, comparison))
    tested = sum(verdict.p_value is not None for verdict in comparison.verdicts)
    if tested > 1:
        st.text(t("compare.several_compared", n=tested))
    if any(comparison.error_bar_lengths):
        st.caption(t("compare.bars"))
    draw_word_popovers(t, CHANCE_WORDS, key="chance_words")


def _group_summary_text(group: SeedGroup, title: str, comparison: RunComparison) -> str:
    mean = share_as_percent(group.mean_accuracy(comparison.accuracy_measure), 2)
    spread = group.accuracy_standard_deviation(comparison.accuracy_measure)
    if spread is None:
        return comparison.t("compare.one_run", title=title, mean=mean)
    return comparison.t(
        "compare.group",
        title=title,
        n=len(group.runs),
        mean=mean,
        spread=percentage_points_text(spread),
    )


def draw_verdict_images(comparison: RunComparison) -> None:
    """Draw a sentence on whether accuracies are compared on test images or validation images."""
    other = comparison.accuracy_measure == "test_accuracy" and all(
        group.val_accuracies for group in comparison.chosen_groups
    )
    st.text(
        comparison.t(
            "compare.by_other_images" if other else f"compare.by_{comparison.accuracy_measure}"
        )
    )
