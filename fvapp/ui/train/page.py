"""The train page: settings at the left, what happens at the right, the network below."""

from __future__ import annotations

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.links import locked
from fvapp.core.settings import RunSettings
from fvapp.ui.parts.address import take_settings_from_address
from fvapp.ui.parts.exported_code import draw_code
from fvapp.ui.parts.make_link import draw_make_link
from fvapp.ui.train.form import draw_choices, draw_fields
from fvapp.ui.train.network import draw_network
from fvapp.ui.train.run_view import draw_run
from fvapp.ui.visit import Visit, click_id


def show(visit: Visit) -> None:
    """Draw the page."""
    take_settings_from_address(visit)
    hidden = locked(st.query_params)
    st.title(visit.t("train.title"))
    visit.show_messages()
    left, right = st.columns([4, 7], gap="large")
    with left:
        draw_choices(visit, hidden)
        start = st.container()
        settings = draw_fields(visit, hidden)
    with start:
        st.button(
            visit.t("train.start"),
            key="train_start",
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            disabled=settings is None,
            on_click=_submit,
            args=(visit, settings),
        )
    with right:
        draw_run(visit)
    if not visit.painted:
        return
    shown = settings or visit.settings
    draw_network(visit, shown)
    draw_code(visit.t, [shown])
    draw_make_link(visit, shown)


def _submit(visit: Visit, settings: RunSettings) -> None:
    visit.engine.start()
    try:
        (record,) = visit.engine.submit(visit.token, [settings], click=click_id("train", settings))
    except FvappError as error:
        visit.say_error_next(error)
    else:
        st.session_state["shown_run"] = record.id
