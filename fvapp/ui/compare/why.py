"""Draws reasons for runs' results: changed settings, overfitting, and what to try next."""

from collections.abc import Mapping

import streamlit as st

from fvapp.charts.curves import training_curve_figures
from fvapp.core.glossary import FIT_WORDS
from fvapp.core.results.comparison import (
    brief_change_list,
    changes_of_runs,
    changes_of_settings,
    difference_sentence,
)
from fvapp.core.results.overfitting import (
    OverfittingRemedy,
    diagnose_fit,
    overfitting_sentences,
    untried_remedies,
)
from fvapp.core.runs import RunRecord
from fvapp.core.settings import changed_setting_rows
from fvapp.core.wording import setting_value_words
from fvapp.ui.browser import draw_run_choice
from fvapp.ui.compare.comparison import RunComparison
from fvapp.ui.compare.records import is_run_on_starter_set, read_run_curves
from fvapp.ui.messages import queue_message
from fvapp.ui.parts import draw_loss_and_accuracy, draw_word_popovers, find_page
from fvapp.ui.visit import Visit


def draw_reasons_for_results(
    visit: Visit, comparison: RunComparison, titles: Mapping[str, str]
) -> None:
    """Draw how the chosen runs' settings differ, and whether a selected run overfits.

    Args:
        titles: each run's title, by id.
    """
    t = visit.t
    chosen = comparison.chosen_runs

    with st.container(key="difference"):
        for other in chosen[1:]:
            sentence = difference_sentence(changes_of_runs(chosen[0], other), t)
            st.text(
                t(
                    "compare.difference.runs",
                    first=titles[chosen[0].id],
                    second=titles[other.id],
                    sentence=sentence,
                )
            )

    words = {record.id: titles[record.id] for record in reversed(comparison.all_records)}
    # In a new comparison, the last of the chosen runs is selected initially.
    shown = draw_run_choice(t("compare.one"), words, f"compare_one_{chosen[-1].id}", chosen[-1].id)
    _draw_overfitting_charts(
        visit,
        next(record for record in comparison.all_records if record.id == shown),
        titles[shown],
    )


def _draw_overfitting_charts(visit: Visit, record: RunRecord, title: str) -> None:
    t = visit.t
    curves = read_run_curves(visit, record)
    fit = diagnose_fit(curves.epoch_points, record.settings, record.result)
    with st.container(key="overfit"):
        best = fit.best_epoch if fit.overfits else None
        figures = training_curve_figures(
            curves, t, epochs=record.epochs, result=record.result, shade_from=best
        )
        draw_loss_and_accuracy(
            "one", figures, lambda measure: t(f"compare.one_alt_{measure}", run=title)
        )
        st.write(overfitting_sentences(fit, t))
        draw_word_popovers(t, FIT_WORDS, key="fit_words")
        if is_run_on_starter_set(visit, record):
            st.caption(t("datasets.starter_run"))

    if fit.overfits:
        with st.container(key="remedy", horizontal=True):
            for remedy in untried_remedies(record.final_settings, fit):
                _draw_overfitting_remedy(visit, record, title, remedy)


def _draw_overfitting_remedy(
    visit: Visit, record: RunRecord, title: str, remedy: OverfittingRemedy
) -> None:
    t = visit.t
    (row,) = changed_setting_rows(record.final_settings, remedy.settings)
    value = setting_value_words(row.name, getattr(remedy.settings, row.name), t, remedy.settings)
    if st.button(
        t(f"compare.remedy.{remedy.name}", value=value),
        key=f"remedy_{remedy.name}",
        help=t("compare.remedy.help"),
    ):
        visit.store_settings(remedy.settings)
        # The message lists the changes, since the form may hide the setting in a closed expander.
        changes = brief_change_list(changes_of_settings(record.final_settings, remedy.settings), t)
        queue_message(t("compare.remedy.done", title=title, changes=changes))
        st.switch_page(find_page("train"))
