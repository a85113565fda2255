"""Draws the results of a mission's runs: a chart, a table, and any error raised by Keras."""

from collections.abc import Sequence

import streamlit as st

from fvapp.charts.curves import training_curve_figures
from fvapp.charts.figure import MEASURES
from fvapp.charts.missions import AccuracyRow, accuracy_rows_figure, losses_figure
from fvapp.core.colours import TEST, TRAINING, VALIDATION
from fvapp.core.missions import MissionRun, MissionVerdict, run_labels
from fvapp.core.missions.trials import require_measured_number
from fvapp.core.results.overfitting import diagnose_fit
from fvapp.core.runs import RunRecord
from fvapp.core.wording import Translate, join_sentences, loss_text, share_as_percent
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.watch import read_run_progress
from fvapp.ui.networks.by_class import draw_accuracy_by_class
from fvapp.ui.parts import draw_chart, draw_keras_error


def draw_verdict_picture(
    opened: OpenMission, trials: Sequence[MissionRun], verdict: MissionVerdict
) -> None:
    """Draw any Keras error, a chart that illustrates the verdict, and the accuracy by class."""
    t = opened.t
    shows = opened.mission.shown_views
    labels = run_labels([trial.settings for trial in trials], t)
    for record in opened.run_records:
        if record.state == "failed" and record.error is not None:
            draw_keras_error(record.error, t)
    if "losses" in shows:
        runs = {
            label: read_run_progress(opened, record).curves
            for label, record in zip(labels, opened.run_records, strict=True)
        }
        draw_chart(losses_figure(runs, t), "mission_chart", t("missions.chart.losses_alt"))
    elif "overfitting" in shows or "target" in shows:
        _draw_longest_run_curve(opened, max(opened.run_records, key=lambda record: record.epochs))
    elif "noise" in verdict.values:
        draw_accuracy_rows(_accuracy_rows(trials, t), float(verdict.values["noise"]) / 100, t)

    named = list(zip(labels, opened.run_records, strict=True))
    # If a run was chosen by its validation accuracy, only that run's test results are shown.
    if verdict.chosen is not None:
        named = named[verdict.chosen : verdict.chosen + 1]
    measured = {label: record for label, record in named if record.result}
    if measured:
        draw_accuracy_by_class(opened.visit, measured, opened="by_class" in shows)


def draw_accuracy_rows(rows: Sequence[AccuracyRow], noise: float, t: Translate) -> None:
    """Draw the chart of a mission's accuracies, with a description for screen readers.

    Args:
        noise: as for `accuracy_rows_figure`.
    """
    bars = (t("common.bar", name=row.name, share=share_as_percent(row.accuracy)) for row in rows)
    alt = join_sentences(t, t("missions.chart.results_alt"), *bars)
    draw_chart(accuracy_rows_figure(rows, noise, t), "mission_chart", alt)


def _draw_longest_run_curve(opened: OpenMission, longest: RunRecord) -> None:
    """Draw the longest run's loss or accuracy curve, depending on what the guess was about."""
    t = opened.t
    curves = read_run_progress(opened, longest).curves
    settings = longest.settings
    result = target = shade_from = None
    if "overfitting" in opened.mission.shown_views:
        fit = diagnose_fit(curves.epoch_points, settings, longest.measured_result)
        # The chart shows no test results, because the text reports test results last, and only for
        # the chosen model.
        kind = "overfitting"
        measure = MEASURES[0]
        shade_from = fit.best_epoch if fit.overfits else None
    else:
        kind = "target"
        measure = MEASURES["accuracy" in settings.target_metric]
        result = longest.result
        target = settings.target_value
    figures = training_curve_figures(
        curves, t, epochs=longest.epochs, result=result, shade_from=shade_from, target=target
    )
    draw_chart(
        figures[MEASURES.index(measure)], "mission_chart", t(f"missions.chart.{kind}_alt_{measure}")
    )


def _is_judged_by_validation(trials: Sequence[MissionRun]) -> bool:
    """Return whether the runs are compared by validation accuracy rather than test accuracy."""
    return any(trial.settings.validation_split for trial in trials)


def _accuracy_rows(trials: Sequence[MissionRun], t: Translate) -> list[AccuracyRow]:
    """Return a row for each run; for a single run, return its test and training accuracies."""
    if len(trials) == 1:
        (trial,) = trials
        learned = require_measured_number(trial.epochs[-1].accuracy)
        return [
            AccuracyRow(t("missions.table.test"), trial.test_accuracy),
            AccuracyRow(t("missions.table.train"), learned, colour=TRAINING),
        ]

    labels = run_labels([trial.settings for trial in trials], t)
    choosing = _is_judged_by_validation(trials)
    ordered = sorted(zip(trials, labels, strict=True), key=lambda pair: pair[0].parameters)
    ends = {ordered[0][0].parameters, ordered[-1][0].parameters}
    return [
        AccuracyRow(
            label,
            trial.val_accuracy if choosing else trial.test_accuracy,
            trial.seconds_per_epoch,
            trial.parameters in ends,
            VALIDATION if choosing else TEST,
        )
        for trial, label in ordered
    ]


def draw_runs_table(trials: Sequence[MissionRun], t: Translate) -> None:
    """Draw a table of all runs: epochs, parameters, duration, loss and accuracies."""
    labels = run_labels([trial.settings for trial in trials], t)
    measure = "val" if _is_judged_by_validation(trials) else "test"
    rows = [
        {
            t("missions.table.run"): label,
            t("missions.table.epochs"): str(len(trial.epochs)),
            t("missions.table.parameters"): f"{trial.parameters:,}",
            t("missions.table.seconds"): t("common.seconds", n=f"{trial.seconds_per_epoch:.2f}"),
            t("missions.table.loss"): loss_text(trial.epochs[-1].loss),
            t("missions.table.train"): share_as_percent(trial.epochs[-1].accuracy),
            t(f"missions.table.{measure}"): share_as_percent(getattr(trial, f"{measure}_accuracy")),
        }
        for trial, label in zip(trials, labels, strict=True)
    ]
    st.table(rows)
