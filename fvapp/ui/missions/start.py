"""Draws the button that starts a mission's training runs, and the mission's details."""

from collections.abc import Callable

import streamlit as st

from fvapp.charts.network import network_svg
from fvapp.core.missions import describe_changed_settings
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.seeds import workspace_seed
from fvapp.core.settings import RunSettings
from fvapp.core.wording import join_sentences
from fvapp.ui.browser import click_id, draw_expander
from fvapp.ui.lesson.make_link import draw_teacher_link_button
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.parts import draw_svg
from fvapp.ui.taken_home.exported_code import draw_exported_code

_ABOUT_HEIGHT = 700  # approximate height of the opened details, in pixels


def draw_train_button(opened: OpenMission) -> None:
    """Draw the button that submits all of the mission's training runs."""
    t = opened.t
    words = (
        t("missions.page.run_again")
        if opened.run_records
        else t("missions.page.run", n=len(opened.all_training_settings))
    )
    draw_mission_button(opened, words, _submit_runs)


def draw_mission_button(
    opened: OpenMission, words: str, begin: Callable[..., None], *values: object
) -> None:
    """Draw a button that calls ``begin(opened, *values)``, disabled during training."""
    st.button(
        words,
        key="mission_run",
        type="secondary" if opened.run_records else "primary",
        icon=":material/play_arrow:",
        disabled=opened.is_training,
        on_click=begin,
        args=(opened, *values),
    )


def _submit_runs(opened: OpenMission) -> None:
    visit = opened.visit
    attempt = opened.mission_progress.attempt + 1
    if any(record.state not in FINISHED for record in opened.read_run_records()):
        return  # a duplicate of this click has already started the runs
    with visit.messages.queueing_errors():
        group = f"{opened.mission.run_group_prefix}{attempt}"
        click = click_id("mission", opened.mission.id, attempt)
        folds = opened.mission.held_out_folds
        records = visit.engine.runs.submit_runs(
            visit.token, opened.all_training_settings, group=group, click=click, folds=folds
        )
        opened.update_progress(
            runs=tuple(record.id for record in records), attempt=attempt, judged=False, verdicts=()
        )
        show_screen(opened.mission, "runs" if opened.mission_progress.prediction is None else None)


def draw_mission_details(opened: OpenMission, asked: RunRecord | None) -> None:
    """Draw an expander with the mission's aim, changed settings, Keras code and teacher's link.

    Args:
        asked: the finished run whose network the mission asks; None if it trains its own.
    """
    draw_expander(
        "mission_about",
        opened.t("missions.page.about"),
        _ABOUT_HEIGHT,
        _draw_mission_details,
        opened,
        asked,
    )


def _draw_mission_details(opened: OpenMission, asked: RunRecord | None) -> None:
    t = opened.t
    mission = opened.mission
    st.markdown(
        join_sentences(
            t, t(f"missions.{mission.id}.goal"), opened.mission_text(f"{mission.id}.task")
        )
    )
    if mission.has_training_runs:
        used = opened.run_settings if asked is None else (asked.final_settings,)
        changes = describe_changed_settings(used, RunSettings(), t)
        with st.container(key="mission_changes"):
            st.markdown(
                "\n".join(f"- {change}" for change in changes) or t("missions.page.no_change")
            )
            if asked is None:
                seed = opened.link_settings.seed
                words = "seed" if seed == workspace_seed(opened.visit.token) else "seed_of_link"
                st.caption(t(f"missions.page.{words}", seed=seed))
        if "network" in mission.shown_views:
            for number, settings in enumerate(used):
                draw_svg(network_svg(settings, t), key=f"mission_network_{number}")
        draw_exported_code(opened.visit, used)
    draw_teacher_link_button(opened.visit, opened.link_settings, mission.id)
