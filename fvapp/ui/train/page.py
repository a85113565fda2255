"""Draws the train page: data set and preset, the shown run, all settings, and the network."""

from collections.abc import Collection

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fvapp.core.errors import FvappError
from fvapp.core.links import read_locked_controls
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters
from fvapp.core.wording import settings_summary
from fvapp.ui.browser import draw_expander, request_scroll, scroll_into_view
from fvapp.ui.examples.naming import go_to_drawing
from fvapp.ui.examples.run_with_drawing import submit_run_with_drawing
from fvapp.ui.lesson.make_link import draw_teacher_link_button
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import page_visit_number, row_container, take_settings_from_address
from fvapp.ui.taken_home.exported_code import draw_exported_code
from fvapp.ui.train.form import (
    draw_dataset_and_preset,
    draw_settings_fields,
    has_chosen_new_own_data_set,
    hunt_budget_text,
    read_settings_form,
)
from fvapp.ui.train.network import draw_network_diagram
from fvapp.ui.train.run_view import draw_shown_run, shown_run
from fvapp.ui.visit import Visit

_FOLDED = "form_is_folded"
_MORE_HEIGHT = 600  # approximate height of the open expander, in pixels


def show_page(visit: Visit) -> None:
    """Draw the train page."""
    take_settings_from_address(visit)
    if has_chosen_new_own_data_set():
        go_to_drawing(visit)
    if visit.hunt_budget:
        visit.store_settings(visit.hunt_budget.with_hunt_dataset(visit.settings))
    hidden = read_locked_controls(st.query_params) | visit.hidden_settings
    records = visit.read_runs()
    record = shown_run(records)
    form = read_settings_form(visit)
    settings = form.settings
    worded = visit.for_dataset(visit.settings.dataset)
    beyond = _hunt_budget_errors(visit, settings)
    folded = _is_form_folded(visit, record) and not beyond
    st.title(visit.t("train.title"))
    # This container is always drawn, even if it is empty. If it disappeared, the browser would
    # rebuild all elements below it, and the focus would be lost.
    about = st.container(key="intro_over" if records else "intro")
    visit.messages.draw_message_area()

    # The style sheet puts the parts in this container side by side or, on a phone, below each other
    # in this order.
    with st.container(key="train_page"):
        with st.container(key="train_choices"):
            # The style sheet hides the fields of a folded form. If the fields were not drawn, their
            # content would be lost.
            with st.container(key="form_folded" if folded else "form_open"):
                draw_dataset_and_preset(visit, form, hidden)
            with row_container("start_row"):
                start = st.container(key="start_button", width="content")
                line = st.container(key="form_line")
        run = st.container(key="train_run")
        with st.container(key="train_settings"):
            draw_settings_fields(worded, form, hidden)

    if not records:
        about.markdown(visit.t(visit.settings.dataset_info.dataset_text_key("intro")))
    _draw_settings_line(worded, line, folded, [*form.errors_by_field.values(), *beyond])
    _draw_train_button(visit, start, None if beyond else settings)
    with run:
        draw_shown_run(visit, record, primary=folded)
    scroll_into_view()
    shown = record.settings if folded and record is not None else settings or visit.settings
    if not folded:
        draw_network_diagram(visit, shown, None, in_form=settings is not None)
    title = visit.t("train.network_code_link" if folded else "train.code_link")

    def draw_network_and_code() -> None:
        if folded:
            draw_network_diagram(visit, shown, record)
        draw_exported_code(visit, [shown], record if folded else None)
        draw_teacher_link_button(visit, shown)

    draw_expander(
        "train_more_fold", title, _MORE_HEIGHT, draw_network_and_code, icon=":material/code:"
    )


def _hunt_budget_errors(visit: Visit, settings: RunSettings | None) -> list[FvappError]:
    """Return an error if the settings exceed the limits of a hunt, else an empty list.

    A hunt is a contest for the best network.
    """
    try:
        if visit.hunt_budget and settings:
            visit.hunt_budget.check_within_budget(settings)
    except FvappError as error:
        return [error]
    return []


def _is_form_folded(visit: Visit, shown: RunRecord | None) -> bool:
    """Return whether the settings form is folded to a single line.

    When the visitor enters the page, the form is folded if its settings equal those of the shown
    run. After that, the form stays as the visitor left it. It is never folded if the shown run
    failed.
    """
    if shown is None or shown.state == "failed":
        return False
    folded, entry = st.session_state.get(_FOLDED, (False, 0))
    if entry != page_visit_number():
        folded = shown.settings == visit.settings
        _store_form_folded(folded)
    return folded


def _store_form_folded(folded: bool) -> None:
    st.session_state[_FOLDED] = (folded, page_visit_number())


def _draw_settings_line(
    visit: Visit, place: DeltaGenerator, folded: bool, errors: Collection[FvappError]
) -> None:
    """Draw a summary of the next run's settings, or all errors that must be corrected first."""
    budget = visit.hunt_budget
    used = ""
    if budget:
        used = f" · {hunt_budget_text(budget, count_parameters(visit.settings), visit.t)}"
    if folded:
        words = f"{settings_summary(visit.settings, visit.t)}{used} · **{visit.t('train.change')}**"
        place.button(
            words, key="form_change", type="tertiary", on_click=_store_form_folded, args=(False,)
        )
    elif errors:
        sentences = [visit.t("train.set_right"), *(error.to_sentence(visit.t) for error in errors)]
        place.markdown("  \n".join(f":red[{escape_markdown(text)}]" for text in sentences))
    else:
        place.caption(escape_markdown(settings_summary(visit.settings, visit.t)) + used)


def _draw_train_button(visit: Visit, place: DeltaGenerator, settings: RunSettings | None) -> None:
    """Draw the train button, which is disabled while there are errors.

    When the form is folded, the style sheet makes the button look secondary. If the button's `type`
    changed instead, the browser would take it for a new button, and the focus would be lost.
    """
    place.button(
        visit.t("train.start"),
        key="train_start",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=settings is None,
        on_click=_submit_run,
        args=(visit,),
    )


def _submit_run(visit: Visit) -> None:
    settings = read_settings_form(visit).settings
    if settings is None:
        return  # the form shows the errors
    with visit.messages.queueing_errors():
        submit_run_with_drawing(visit, settings)
        _store_form_folded(True)
        request_scroll("run_state")
