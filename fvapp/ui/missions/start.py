"""The button of a mission: it trains, or asks a network there is already; and what a mission sets, in a fold."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fvapp.charts.network import network_svg
from fvapp.core.missions import describe_changes
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.seeds import own_seed
from fvapp.core.settings import RunSettings
from fvapp.core.wording import run_title
from fvapp.ui.browser.clicks import click_id
from fvapp.ui.browser.folds import open_fold
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.parts.charts import draw_svg
from fvapp.ui.parts.exported_code import draw_code
from fvapp.ui.parts.make_link import draw_make_link

_ABOUT_HEIGHT = 700  # of what the fold holds, roughly, in pixels
_ASKED_IMAGE = {"answers": 0, "inside": 61}  # test images: an ankle boot, an 8
_ASK = {"answers": "ask_button", "inside": "inside_button", "taught": "teach_button"}


def draw_start(opened: OpenMission, records: Sequence[RunRecord]) -> None:
    """Draw the button that queues all runs of the mission, or that asks the visitor's latest network."""
    t, mission, count = opened.visit.t, opened.mission, len(opened.settings)
    words = t("missions.page.run_one") if count == 1 else t("missions.page.run_many", n=count)
    latest = None if mission.kind == "runs" else latest_run(opened)
    if latest is not None:
        words = t(f"missions.page.{_ASK[mission.kind]}")
    elif records:
        words = t("missions.page.run_again")
    st.button(
        words,
        key="mission_run",
        type="secondary" if records else "primary",
        icon=":material/play_arrow:",
        disabled=any(record.state not in FINISHED for record in records),
        on_click=_submit if latest is None else _ask,
        args=(opened,) if latest is None else (opened, latest),
    )
    if mission.kind != "runs":
        dataset = t(f"settings.dataset.choices.{mission.dataset}")
        network = run_title(latest, t) if latest is not None else ""
        said = "no_run" if latest is None else "previous_runs"
        st.caption(t(f"missions.page.{said}", dataset=dataset, network=network))


def _ask(opened: OpenMission, latest: RunRecord) -> None:
    opened.keep(image=_ASKED_IMAGE.get(opened.mission.kind), runs=(latest.id,), verdicts=())
    show_screen(opened.mission, None)


def _submit(opened: OpenMission) -> None:
    visit, attempt = opened.visit, opened.own.attempt + 1
    if any(record.state not in FINISHED for record in opened.find_runs()):
        return  # the same click, come twice
    with visit.messages.errors_said_next():
        group = f"{opened.mission.group}{attempt}"
        click = click_id("mission", opened.mission.id, attempt)
        records = visit.engine.submit(visit.token, opened.settings, group=group, click=click)
        opened.keep(runs=tuple(record.id for record in records), attempt=attempt, judged=False, verdicts=())
        show_screen(opened.mission, None)


def draw_about(opened: OpenMission) -> None:
    """Draw the fold with the aim of the mission, what its runs change, their code, and the link to it."""
    t, mission = opened.visit.t, opened.mission
    place = open_fold("mission_about", t("missions.page.about"), _ABOUT_HEIGHT)
    if place is None:
        return
    with place:
        st.markdown(f"{t(f'missions.{mission.id}.goal')} {t(f'missions.{mission.id}.task')}")
        if mission.trains:
            _draw_changes(opened)
            draw_code(t, opened.settings)
        draw_make_link(opened.visit, opened.base, mission.id)


def _draw_changes(opened: OpenMission) -> None:
    """Say what the runs change of the defaults."""
    t = opened.visit.t
    changes = describe_changes(opened.settings, RunSettings(), t)
    with st.container(key="mission_changes"):
        st.markdown("\n".join(f"- {change}" for change in changes) or t("missions.page.no_change"))
        words = "seed" if opened.base.seed == own_seed(opened.visit.token) else "seed_of_link"
        st.caption(t(f"missions.page.{words}", seed=opened.base.seed))
    if "network" in opened.mission.shows:
        for number, settings in enumerate(opened.settings):
            draw_svg(network_svg(settings, t), key=f"mission_network_{number}")


def asked_run(opened: OpenMission, records: Sequence[RunRecord]) -> RunRecord | None:
    """Return the network that answers: what was asked, or trained for this mission; its verdict stays.

    Args:
        records: the mission's runs. Earlier versions did not note what was asked: there it is the latest.
    """
    asked = next((run for run in records if run.state in FINISHED and run.can_continue), None)
    if asked is None and opened.own.image is not None and not opened.own.verdicts:
        return latest_run(opened)
    return asked


def latest_run(opened: OpenMission) -> RunRecord | None:
    """Return the visitor's latest run on the mission's data set that has a whole answer to give.

    Of the mission about neurons only a dense network with a hidden layer will do.
    """
    dense = opened.mission.id == "inside_neuron"
    usable = (
        record
        for record in reversed(opened.visit.runs())
        if record.settings.dataset == opened.mission.dataset
        and record.state in FINISHED
        and record.can_continue
        and record.settings.output_units == 10
        and not record.taught
        and (opened.mission.kind != "taught" or record.result is not None)
        and not (dense and (record.settings.network != "dense" or not record.settings.hidden))
    )
    return next(usable, None)
