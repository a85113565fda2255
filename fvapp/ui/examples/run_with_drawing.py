"""Submits a run with the visitor's last drawing, which the network classifies as it trains."""

import streamlit as st

from fvapp.core.settings import RunSettings
from fvapp.ui.browser import click_id
from fvapp.ui.pictures import read_last_drawing_image
from fvapp.ui.visit import Visit


def submit_run_with_drawing(visit: Visit, settings: RunSettings) -> None:
    """Submit a run with the visitor's last drawing for its data set, and select it on the train page.

    Raises:
        FvappError: the engine refuses the run.
    """
    (record,) = visit.engine.runs.submit_runs(
        visit.token,
        [settings],
        click=click_id("train", settings),
        drawing=read_last_drawing_image(visit, settings.dataset),
    )
    st.session_state["shown_run"] = record.id
