"""The runs of a mission: queued together, watched, and drawn when they have ended."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fvapp.charts.curves import training_figures
from fvapp.charts.lessons import neurons_figure
from fvapp.charts.overlay import OverlaidRun, overlay_figure
from fvapp.core.errors import FvappError
from fvapp.core.events import Event
from fvapp.core.export.sections import write_sections
from fvapp.core.lessons import Trial, Verdict, mark_error, run_labels
from fvapp.core.results.curves import read_curves
from fvapp.core.results.overfitting import judge_fit
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.wording import loss_text, percent
from fvapp.ui.missions.kept import Lesson
from fvapp.ui.missions.mark import draw_mark
from fvapp.ui.missions.steps import draw_changes, open_experiment, open_result
from fvapp.ui.missions.sureness import draw_same_image, draw_spare, draw_trained_on
from fvapp.ui.parts.by_class import draw_fold_by_class
from fvapp.ui.parts.charts import draw_chart, draw_pair
from fvapp.ui.parts.run_words import place_words, state_words, why_words
from fvapp.ui.visit import click_id

Verdicts = tuple[Verdict | None, Verdict | None]
"""On a mission's claim and on its second one."""

NO_VERDICT: Verdicts = (None, None)
_NOTHING = "–"


def draw_runs(lesson: Lesson) -> Verdicts:
    """Draw the button that trains, what the runs do, and what they came to; return the verdicts when there are some."""
    t, mission = lesson.visit.t, lesson.mission
    records = find_runs(lesson)
    ended = bool(records) and all(record.state in FINISHED for record in records)
    trials = [Trial.from_run(record, _events(lesson, record)) for record in records] if ended else []
    judged = mission.can_judge(trials)
    with open_experiment(lesson, folded=judged):
        if "target" in mission.shows:
            fit = next(section for section in write_sections(lesson.settings[0], t) if section.name == "fit")
            st.code(fit.code, language="python")
        draw_start(lesson, records)
    if not watch(lesson, records):
        return NO_VERDICT
    for record in records:
        if record.state == "failed" and record.error is not None:
            _draw_error(lesson, record)
    if not judged:
        failed = any(trial.failed for trial in trials)
        st.warning(t("lessons.page.unexpected_error" if failed else "lessons.page.unfinished"))
        return NO_VERDICT
    open_result(lesson)
    _draw_results(lesson, records, trials)
    return mission.judge(trials), mission.second.judge(trials) if mission.second else None


def find_runs(lesson: Lesson) -> tuple[RunRecord, ...]:
    """Return the mission's runs; none when one of them was deleted."""
    try:
        return tuple(lesson.visit.engine.run(lesson.visit.token, run) for run in lesson.own.runs)
    except FvappError:
        return ()


def draw_start(lesson: Lesson, records: Sequence[RunRecord]) -> None:
    """Draw what the runs of the mission change, and the button that queues them all."""
    t, count = lesson.visit.t, len(lesson.settings)
    draw_changes(lesson)
    words = t("lessons.page.run_one") if count == 1 else t("lessons.page.run_many", n=count)
    st.button(
        t("lessons.page.run_again") if records else words,
        key="mission_run",
        type="secondary" if records else "primary",
        icon=":material/play_arrow:",
        disabled=any(record.state not in FINISHED for record in records),
        on_click=lambda: _submit(lesson),
    )


def _submit(lesson: Lesson) -> None:
    visit, attempt = lesson.visit, lesson.own.attempt + 1
    if any(record.state not in FINISHED for record in find_runs(lesson)):
        return  # the same click, come twice
    try:
        group = f"mission-{lesson.mission.mark}-{attempt}"
        click = click_id("mission", lesson.mission.id, attempt)
        records = visit.engine.submit(visit.token, lesson.settings, group=group, click=click)
    except FvappError as error:
        visit.say_error_next(error)
        return
    visit.set_settings(lesson.first_settings)  # the form of the train page is set up like the first of them
    lesson.keep(runs=tuple(record.id for record in records), attempt=attempt, judged=False, verdicts=())


def watch(lesson: Lesson, records: Sequence[RunRecord]) -> bool:
    """Draw how the runs go, again whenever something changed until all have ended; return whether they have."""
    if not records or all(record.state in FINISHED for record in records):
        return bool(records)
    lesson.visit.draw_live("mission", lambda: _draw_progress(lesson))
    return False


def _draw_progress(lesson: Lesson) -> bool:
    visit, t = lesson.visit, lesson.visit.t
    records = find_runs(lesson)
    if all(record.state in FINISHED for record in records):
        st.rerun()  # the whole page, to draw what came out
    status = visit.engine.status()
    with st.container(key="mission_runs"):
        for record, label in zip(records, run_labels([record.settings for record in records], t), strict=True):
            words = [label, state_words(record, t), why_words(record, status, t), place_words(record, status, t)]
            st.progress(_share(record), " · ".join(word for word in words if word))
        paused = [record for record in records if record.state == "paused"]
        with st.container(horizontal=True):
            if st.button(t("lessons.page.stop"), key="mission_stop", icon=":material/stop:"):
                _command(lesson, visit.engine.stop, [record for record in records if record.state not in FINISHED])
            if paused and st.button(t("train.buttons.train_resume"), key="mission_resume"):
                _command(lesson, visit.engine.resume, paused)
    return True


def _command(lesson: Lesson, command, records: Sequence[RunRecord]) -> None:
    for record in records:
        try:
            command(lesson.visit.token, record.id)
        except FvappError as error:
            lesson.visit.say_error_next(error)
    st.rerun()


def _share(record: RunRecord) -> float:
    return min(1.0, record.epoch / record.epochs) if record.epochs else 0.0


def _events(lesson: Lesson, record: RunRecord) -> tuple[Event, ...]:
    """Return all events of a run that has ended; they are asked of the engine once."""
    kept = st.session_state.setdefault("lesson_events", {})
    name = (record.id, record.events)
    if name not in kept:
        kept[name], _ = lesson.visit.engine.events(lesson.visit.token, record.id)
    return kept[name]


def _draw_results(lesson: Lesson, records: Sequence[RunRecord], trials: Sequence[Trial]) -> None:
    t, shows = lesson.visit.t, lesson.mission.shows
    if "table" in shows:
        st.table(_rows(trials, t))
    if "chart" in shows:
        draw_chart(neurons_figure(trials, t), "mission_chart", t("lessons.chart.neurons_alt"))
    if "losses" in shows:
        labels = run_labels([trial.settings for trial in trials], t)
        runs = [
            OverlaidRun(number, label, read_curves(_events(lesson, record)))
            for number, (record, label) in enumerate(zip(records, labels, strict=True), start=1)
        ]
        figure = overlay_figure(runs, t, measure="loss")
        draw_chart(figure, "mission_chart", t("lessons.chart.losses_alt"))
    if "overfitting" in shows or "target" in shows:
        longest = max(records, key=lambda record: record.epochs)
        curves = read_curves(_events(lesson, longest))
        fit = judge_fit(curves.epochs, longest.settings) if "overfitting" in shows else None
        figures = training_figures(
            curves,
            t,
            epochs=longest.epochs,
            # The verdict of a mission that chooses by validation has the test set last, for what was chosen.
            result=None if "overfitting" in shows else longest.result,
            shade_from=fit.best_epoch if fit is not None and fit.overfits else None,
        )
        kind = "overfitting" if "overfitting" in shows else "target"
        with st.container(key="mission_chart"):
            draw_pair("mission", figures, lambda measure: t(f"lessons.chart.{kind}_alt_{measure}"))
    labels = run_labels([trial.settings for trial in trials], t)
    measured = {label: record for label, record in zip(labels, records, strict=True) if record.result is not None}
    if measured:
        draw_fold_by_class(lesson.visit, measured, opened="by_class" in shows)
    if any(trial.broken for trial in trials):
        return  # a network of nothing but `nan` answers nothing
    if "same_image" in shows:
        draw_same_image(lesson, records)
    if "spare" in shows:
        draw_spare(lesson, records)
    if "trained_on" in shows:
        draw_trained_on(lesson, records[0])
    if "mark" in shows:
        draw_mark(lesson, records[0])


def _rows(trials: Sequence[Trial], t) -> list[dict[str, str]]:
    labels = run_labels([trial.settings for trial in trials], t)
    # Where validation images choose, the test set is left for what was chosen: the verdict says it.
    choosing = any(trial.settings.validation_split for trial in trials)
    return [
        {
            t("lessons.table.run"): label,
            t("lessons.table.epochs"): str(len(trial.epochs)),
            t("lessons.table.parameters"): f"{trial.parameters:,}",
            t("lessons.table.seconds"): t("common.seconds", n=f"{trial.seconds_per_epoch:.2f}"),
            t("lessons.table.loss"): loss_text(trial.epochs[-1].loss),
            t("lessons.table.train"): percent(trial.epochs[-1].accuracy),
            **(
                {t("lessons.table.val"): percent(trial.val_accuracy)}
                if choosing
                else {t("lessons.table.test"): percent(trial.test_accuracy) if trial.result else _NOTHING}
            ),
        }
        for trial, label in zip(trials, labels, strict=True)
    ]


def _draw_error(lesson: Lesson, record: RunRecord) -> None:
    """Show the line that matters, and below it, folded, the whole message as Keras gave it."""
    t, error = lesson.visit.t, record.error
    marked = mark_error(error.message)
    with st.container(key="keras_error"):
        st.markdown(t("lessons.page.error_line"))
        st.code(marked.line.strip(), language=None, wrap_lines=True)
        with st.expander(t("lessons.page.error")):
            st.code(f"{error.kind}: {error.message}", language=None, wrap_lines=True)
