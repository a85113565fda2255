"""Lets the visitor choose runs to compare, and keeps the choice in the URL for a reload."""

from collections.abc import Mapping, Sequence
from zlib import crc32

import streamlit as st

from fvapp.core.errors import EngineError
from fvapp.core.runs import RunRecord
from fvapp.ui.browser import draw_popover
from fvapp.ui.visit import Visit

MOST_RUNS = 8
_CHOSEN = "compare_chosen"
_WIDGET = "compare_runs"
_DRAWN = "compare_runs_drawn"
_ADDRESS = "runs"


def draw_compare_choice(
    visit: Visit, records: Sequence[RunRecord], titles: Mapping[str, str]
) -> None:
    """Draw a button that opens a list for choosing the runs to compare.

    Args:
        titles: each run's title, by id.
    """
    draw_popover(
        "compare_choice",
        visit.t("compare.choose"),
        80,
        _draw_run_list,
        visit,
        records,
        titles,
        icon=":material/compare_arrows:",
    )


def _draw_run_list(visit: Visit, records: Sequence[RunRecord], titles: Mapping[str, str]) -> None:
    # The browser reports the chosen runs by their labels. Just after a rerun, it may still send
    # labels in the previous language or with previous names, which Streamlit would read as an empty
    # choice. So the widget's key changes with the labels.
    widget = f"{_WIDGET}_{crc32(chr(0).join(titles.values()).encode())}"
    chosen = [record.id for record in chosen_runs(visit, records)]
    state = st.session_state
    state.update({widget: chosen, _DRAWN: widget})

    def keep_changed_choice() -> None:
        now = [run_id for run_id in state[widget] if run_id in titles]
        # The browser may resend the choice made in a removed widget as if the visitor had just made
        # it; such a repeat is ignored.
        if now != chosen or (widget == state[_DRAWN] and _CHOSEN in state):
            keep_chosen_runs(now)

    st.multiselect(
        visit.t("compare.choose"),
        [record.id for record in reversed(records)],
        default=chosen,  # otherwise, the list would start without any chosen run
        format_func=lambda run_id: titles.get(run_id, run_id),
        key=widget,
        max_selections=MOST_RUNS,
        select_all=False,
        placeholder=visit.t("compare.choose_hint"),
        on_change=keep_changed_choice,
    )


def chosen_runs(visit: Visit, records: Sequence[RunRecord]) -> tuple[RunRecord, ...]:
    """Return the runs to compare, in the order in which they were trained."""
    wanted = _run_ids_to_compare(visit, records)
    return tuple(record for record in records if record.id in wanted)[:MOST_RUNS]


def keep_chosen_runs(run_ids: Sequence[str]) -> None:
    """Keep the chosen runs in the session and the URL, so that new runs do not replace them."""
    st.session_state[_CHOSEN] = list(run_ids)
    st.query_params[_ADDRESS] = ",".join(run_ids)


def _run_ids_to_compare(visit: Visit, records: Sequence[RunRecord]) -> Sequence[str]:
    """Return the ids of the runs chosen by the visitor, else those in the URL, else a default.

    The default is the last two runs that have completed an epoch. Runs that were queued together
    and differ only in their seeds count as a single run, since comparing them would be pointless.
    """
    if _CHOSEN in st.session_state:
        return st.session_state[_CHOSEN]
    asked = [run_id for run_id in st.query_params.get(_ADDRESS, "").split(",") if run_id]
    if asked:
        if not {record.id for record in records}.issuperset(asked):
            visit.messages.show_error(EngineError("unknown_run"))
        st.session_state[_CHOSEN] = asked
        return asked
    last: dict[object, str] = {}
    for record in records:
        if record.epoch:
            last.setdefault(
                (record.group or record.id, record.settings.with_values(seed=0)), record.id
            )
    return list(last.values())[-2:]
