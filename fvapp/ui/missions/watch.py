"""Draws a mission's runs in training: their curves, and their answers to twelve test images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

import streamlit as st

from fvapp.charts.missions import live_accuracy_figure
from fvapp.core.colours import RUNS
from fvapp.core.events import Event
from fvapp.core.missions import MissionRun, run_labels
from fvapp.core.missions.class_time import training_seconds_left
from fvapp.core.results.curves import LearningCurves, read_curves
from fvapp.core.results.moments import read_moment_answers
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.wording import class_names, duration_words
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.parts import (
    draw_chart,
    give_engine_command,
    queue_place_text,
    row_container,
    run_reason_text,
    twelve_images_of,
)


@dataclass(frozen=True)
class RunProgress:
    """A run's events, with the curves and latest answers that the events contain.

    Attributes:
        answered_labels: labels of the latest answers to the twelve test images that show a run's
            progress; empty before any answers.
    """

    events: tuple[Event, ...] = ()
    curves: LearningCurves = field(default_factory=LearningCurves)
    answered_labels: tuple[int | None, ...] = ()

    @property
    def finished_epochs(self) -> float:
        """The number of epochs trained so far, with a fraction for the current epoch."""
        return max(
            (*self.curves.block_points.epoch_positions[-1:], *self.curves.epoch_points.epoch[-1:]),
            default=0.0,
        )

    @property
    def latest_epoch_seconds(self) -> float | None:
        """The duration of the run's latest complete epoch in seconds, or None."""
        return next(reversed(self.curves.epoch_points.seconds), None)


def read_run_progress(opened: OpenMission, record: RunRecord) -> RunProgress:
    """Return a run's progress; fetch only new events from the engine."""
    by_run = st.session_state.setdefault("mission_runs", {})
    cursor, progress = by_run.get(record.id, (0, RunProgress()))
    if record.events != cursor:
        new, cursor = opened.visit.engine.runs.read_events(opened.visit.token, record.id, cursor)
        events = progress.events + new
        moments = read_moment_answers(events)
        progress = RunProgress(
            events, read_curves(events), moments[-1].predicted_labels if moments else ()
        )
        by_run[record.id] = cursor, progress
    return progress


def read_mission_trials(opened: OpenMission) -> list[MissionRun]:
    """Return the mission's runs with all data for judging; empty until all runs have ended."""
    if opened.is_training:
        return []
    return [
        MissionRun.from_run(record, read_run_progress(opened, record).events)
        for record in opened.run_records
    ]


def draw_runs_in_training(opened: OpenMission) -> None:
    """Draw the progress of the mission's runs; redraw it on each change until all runs end."""
    address = twelve_images_of(opened.visit, opened.run_records[0]).strip_data_url
    # This style element contains the picture of the twelve images, so that the picture is sent
    # only once and not in every row.
    st.html(f"<style>.fvapp-race .tiles i{{background-image:url({address})}}</style>")
    if not opened.is_training:
        _draw_training_race(opened)
    else:
        opened.visit.draw_live_part("mission", lambda: _draw_live_race(opened))


def _draw_live_race(opened: OpenMission) -> bool:
    opened.run_records = opened.read_run_records()
    if not opened.is_training:
        st.rerun()  # rerun the whole page to draw the result
    _draw_training_race(opened)
    return True


def _draw_training_race(opened: OpenMission) -> None:
    t = opened.t
    progresses = [read_run_progress(opened, record) for record in opened.run_records]
    shown = opened.run_records[: opened.mission.shown_run_count]
    labels = run_labels([record.settings for record in shown], t)
    shares_done = [
        min(1.0, progress.finished_epochs / max(1, record.epochs))
        for record, progress in zip(opened.run_records, progresses, strict=True)
    ]
    run_seconds_left = training_seconds_left(
        [record.settings for record in opened.run_records],
        shares_done,
        [progress.latest_epoch_seconds for progress in progresses],
    )

    with st.container(key="mission_watch"):
        _draw_race_heading(opened, run_seconds_left)
        curve, race = st.columns([5, 6], gap="large")
        with curve, st.container(key="mission_curves"):
            st.markdown(f"**{t('missions.page.watch_chart')}**")
            lines = [
                (label, run, progress.curves)
                for label, run, progress in zip(labels, shown, progresses, strict=False)
            ]
            draw_chart(
                live_accuracy_figure(lines, t), "mission_race", t("missions.page.watch_chart")
            )
        with race:
            for place, (record, progress) in enumerate(zip(shown, progresses, strict=False)):
                state = t(f"states.{record.state}")
                left = run_seconds_left[place]
                if record.state == "running" and left is not None:
                    state = t("train.time_left", time=duration_words(left, t))
                st.html(
                    _race_row_html(
                        opened,
                        progress,
                        labels[place],
                        shares_done[place],
                        state,
                        RUNS[place % len(RUNS)],
                    )
                )
            if others := opened.run_records[len(shown) :]:
                done = sum(record.state in FINISHED for record in others)
                st.caption(t("missions.page.crossing", done=done, n=len(others)))


def _draw_race_heading(opened: OpenMission, run_seconds_left: Sequence[float | None]) -> None:
    """Draw the time left, or why the runs wait, and buttons that stop and resume the runs."""
    visit = opened.visit
    t = opened.t
    status = opened.visit.engine.engine_status()
    active = [record for record in opened.run_records if record.state not in FINISHED]
    if not active:
        return
    trained = [
        left
        for left, record in zip(run_seconds_left, opened.run_records, strict=True)
        if record in active and left is not None
    ]
    at_once = sum(record.state == "running" for record in active)
    sentences = (
        []
        if at_once
        else [
            words(record, status, t)
            for record in active
            for words in (run_reason_text, queue_place_text)
        ]
    )
    if at_once and len(trained) == len(active):
        sentences = [
            t("train.time_left", time=duration_words(max(*trained, sum(trained) / at_once), t))
        ]
    first = next(filter(None, sentences), t("states.running"))

    with row_container("mission_head"):
        st.header(first[0].upper() + first[1:])
        if st.button(t("missions.page.stop"), key="mission_stop", icon=":material/stop:"):
            _give_command_to_runs(opened, visit.engine.runs.stop_run, active)
        paused = [record for record in opened.run_records if record.state == "paused"]
        if paused and st.button(t("train.buttons.train_resume"), key="mission_resume"):
            _give_command_to_runs(opened, visit.engine.runs.resume_run, paused)


def _give_command_to_runs(
    opened: OpenMission, command: Callable[[str, str], None], records: Sequence[RunRecord]
) -> None:
    for record in records:
        give_engine_command(opened.visit, command, record.id)
    st.rerun()


def _race_row_html(
    opened: OpenMission,
    progress: RunProgress,
    label: str,
    share_done: float,
    state: str,
    colour: str,
) -> str:
    """Return HTML for a run: its name, colour, answers to twelve test images, and progress bar."""
    twelve = twelve_images_of(opened.visit, opened.run_records[0])
    truth = twelve.labels
    # An imported run may contain answers to more or fewer than twelve images.
    pairs = (
        list(zip(progress.answered_labels, truth, strict=True))
        if len(progress.answered_labels) == len(truth)
        else []
    )
    states = ["right" if answer == true else "wrong" for answer, true in pairs] or [""] * len(truth)
    right = (
        opened.t("missions.page.race_line", right=states.count("right"), all=len(truth))
        if pairs
        else ""
    )
    # For text, each tile shows the character to predict, since the image is unreadable at this
    # size.
    names = class_names(opened.run_records[0].settings.dataset, opened.t)
    signs = [
        f"<b>{escape(names[true])}</b>" if line else ""
        for true, line in zip(truth, twelve.text_lines, strict=True)
    ]
    tiles = "".join(
        f'<i class="{verdict}" style="--place:{place}">{sign}</i>'
        for place, (verdict, sign) in enumerate(zip(states, signs, strict=True))
    )
    return (
        f'<div class="fvapp-race" style="--run:{colour}">'
        f"<p><b>{escape(label)}</b><span>{escape(right)}</span><span>{escape(state)}</span></p>"
        f'<div class="tiles" style="--of:{len(truth)}" aria-hidden="true">{tiles}</div>'
        f'<div class="way" aria-hidden="true">'
        f'<i style="width:{100 * share_done:.0f}%"></i></div></div>'
    )
