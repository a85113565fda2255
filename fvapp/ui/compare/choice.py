"""Which runs are compared: kept in the address, so that a refresh finds them again."""

from collections.abc import Collection, Mapping, Sequence
from zlib import crc32

import streamlit as st

from fvapp.core.errors import EngineError
from fvapp.core.runs import RunRecord
from fvapp.ui.browser.folds import draw_window
from fvapp.ui.visit import Visit

MOST_RUNS = 8
_CHOSEN = "compare_chosen"
_WIDGET = "compare_runs"
_DRAWN = "compare_runs_drawn"
_ADDRESS = "runs"


def draw_choice(visit: Visit, records: Sequence[RunRecord], titles: Mapping[str, str]) -> None:
    """Draw a button that opens the choice of runs.

    Args:
        titles: what each run is called, by id.
    """
    words = visit.t("compare.choose")
    look = {"icon": ":material/compare_arrows:"}
    draw_window("compare_choice", words, 80, _draw_list, visit, records, titles, **look)


def _draw_list(visit: Visit, records: Sequence[RunRecord], titles: Mapping[str, str]) -> None:
    # The browser says what is chosen by the labels it shows. In a run that follows close upon
    # another one, those may be of the language or the names before, and would be taken for a choice
    # of nothing: other labels, another widget.
    widget = f"{_WIDGET}_{crc32(chr(0).join(titles.values()).encode())}"
    chosen = [record.id for record in chosen_runs(visit, records)]
    st.session_state.update({widget: chosen, _DRAWN: widget})
    st.multiselect(
        visit.t("compare.choose"),
        [record.id for record in reversed(records)],
        default=chosen,  # beside the session's value, see form.py: else nothing would be chosen
        format_func=lambda run_id: titles.get(run_id, run_id),
        key=widget,
        max_selections=MOST_RUNS,
        select_all=False,
        placeholder=visit.t("compare.choose_hint"),
        on_change=_keep,
        args=(widget, titles, chosen),
    )


def chosen_runs(visit: Visit, records: Sequence[RunRecord]) -> tuple[RunRecord, ...]:
    """Return the runs that are compared, in the order in which they were trained."""
    wanted = _wanted(visit, records)
    return tuple(record for record in records if record.id in wanted)[:MOST_RUNS]


def keep_choice(run_ids: Sequence[str]) -> None:
    """Take over what is compared, from a callback; runs that come later change nothing of it."""
    st.session_state[_CHOSEN] = list(run_ids)
    st.query_params[_ADDRESS] = ",".join(run_ids)


def _keep(widget: str, known: Collection[str], shown: Sequence[str]) -> None:
    state = st.session_state
    chosen = [run_id for run_id in state[widget] if run_id in known]
    # Of a widget that is gone the browser may send once more what it showed, as if the visitor had
    # just chosen that.
    if chosen != shown or (widget == state[_DRAWN] and _CHOSEN in state):
        keep_choice(chosen)


def _wanted(visit: Visit, records: Sequence[RunRecord]) -> Sequence[str]:
    """Return the runs of the visitor's choice, else of the address, else the last two with a curve.

    Of runs that were queued together and differ in their seed alone, one counts: two of them would
    be compared for nothing.
    """
    if _CHOSEN in st.session_state:
        return st.session_state[_CHOSEN]
    asked = [run_id for run_id in st.query_params.get(_ADDRESS, "").split(",") if run_id]
    if asked:
        if not {record.id for record in records}.issuperset(asked):
            visit.messages.say_error(EngineError("unknown_run"))
        st.session_state[_CHOSEN] = asked
        return asked
    last: dict[object, str] = {}
    for record in records:
        if record.epoch:
            last.setdefault(
                (record.group or record.id, record.settings.with_values(seed=0)), record.id
            )
    return list(last.values())[-2:]
