"""The button of a mission: it trains, or asks a network there is already; and what a mission sets, in a fold."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fvapp.charts.network import network_svg
from fvapp.core.lessons import describe_changes
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.seeds import own_seed
from fvapp.core.settings import RunSettings
from fvapp.core.wording import run_title
from fvapp.ui.browser.clicks import click_id
from fvapp.ui.browser.folds import open_fold
from fvapp.ui.missions.kept import Lesson
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.parts.charts import draw_svg
from fvapp.ui.parts.exported_code import draw_code
from fvapp.ui.parts.make_link import draw_make_link

_ABOUT_HEIGHT = 700  # of what the fold holds, roughly, in pixels
_ASKED_IMAGE = {"answers": 0, "inside": 61}  # test images: an ankle boot, an 8
_ASK = {"answers": "ask_button", "inside": "inside_button", "taught": "teach_button"}


def draw_start(lesson: Lesson, records: Sequence[RunRecord]) -> None:
    """Draw the button that queues all runs of the mission, or that asks the visitor's latest network."""
    t, mission, count = lesson.visit.t, lesson.mission, len(lesson.settings)
    words = t("lessons.page.run_one") if count == 1 else t("lessons.page.run_many", n=count)
    latest = None if mission.kind == "runs" else latest_run(lesson)
    if latest is not None:
        words = t(f"lessons.page.{_ASK[mission.kind]}")
    elif records:
        words = t("lessons.page.run_again")
    st.button(
        words,
        key="mission_run",
        type="secondary" if records else "primary",
        icon=":material/play_arrow:",
        disabled=any(record.state not in FINISHED for record in records),
        on_click=_submit if latest is None else _ask,
        args=(lesson,) if latest is None else (lesson, latest),
    )
    if mission.kind != "runs":
        dataset = t(f"settings.dataset.choices.{mission.dataset}")
        network = run_title(latest, t) if latest is not None else ""
        said = "no_run" if latest is None else "previous_runs"
        st.caption(t(f"lessons.page.{said}", dataset=dataset, network=network))


def _ask(lesson: Lesson, latest: RunRecord) -> None:
    lesson.keep(image=_ASKED_IMAGE.get(lesson.mission.kind), runs=(latest.id,), verdicts=())
    show_screen(lesson.mission, None)


def _submit(lesson: Lesson) -> None:
    visit, attempt = lesson.visit, lesson.own.attempt + 1
    if any(record.state not in FINISHED for record in lesson.find_runs()):
        return  # the same click, come twice
    with visit.messages.errors_said_next():
        group = f"{lesson.mission.group}{attempt}"
        click = click_id("mission", lesson.mission.id, attempt)
        records = visit.engine.submit(visit.token, lesson.settings, group=group, click=click)
        lesson.keep(runs=tuple(record.id for record in records), attempt=attempt, judged=False, verdicts=())
        show_screen(lesson.mission, None)


def draw_about(lesson: Lesson) -> None:
    """Draw the fold with the aim of the mission, what its runs change, their code, and the link to it."""
    t, mission = lesson.visit.t, lesson.mission
    place = open_fold("mission_about", t("lessons.page.about"), _ABOUT_HEIGHT)
    if place is None:
        return
    with place:
        st.markdown(f"{t(f'lessons.{mission.id}.goal')} {t(f'lessons.{mission.id}.task')}")
        if mission.trains:
            _draw_changes(lesson)
            draw_code(t, lesson.settings)
        draw_make_link(lesson.visit, lesson.base, mission.id)


def _draw_changes(lesson: Lesson) -> None:
    """Say what the runs change of the defaults."""
    t = lesson.visit.t
    changes = describe_changes(lesson.settings, RunSettings(), t)
    with st.container(key="mission_changes"):
        st.markdown("\n".join(f"- {change}" for change in changes) or t("lessons.page.no_change"))
        words = "seed" if lesson.base.seed == own_seed(lesson.visit.token) else "seed_of_link"
        st.caption(t(f"lessons.page.{words}", seed=lesson.base.seed))
    if "network" in lesson.mission.shows:
        for number, settings in enumerate(lesson.settings):
            draw_svg(network_svg(settings, t), key=f"mission_network_{number}")


def asked_run(lesson: Lesson, records: Sequence[RunRecord]) -> RunRecord | None:
    """Return the network that answers: what was asked, or trained for this mission; its verdict stays.

    Args:
        records: the mission's runs. Earlier versions did not note what was asked: there it is the latest.
    """
    asked = next((run for run in records if run.state in FINISHED and run.can_continue), None)
    if asked is None and lesson.own.image is not None and not lesson.own.verdicts:
        return latest_run(lesson)
    return asked


def latest_run(lesson: Lesson) -> RunRecord | None:
    """Return the visitor's latest run on the mission's data set that has a whole answer to give.

    Of the mission about neurons only a dense network with a hidden layer will do.
    """
    dense = lesson.mission.id == "inside_neuron"
    usable = (
        record
        for record in reversed(lesson.visit.runs())
        if record.settings.dataset == lesson.mission.dataset
        and record.state in FINISHED
        and record.can_continue
        and record.settings.output_units == 10
        and not record.taught
        and (lesson.mission.kind != "taught" or record.result is not None)
        and not (dense and (record.settings.network != "dense" or not record.settings.hidden))
    )
    return next(usable, None)
