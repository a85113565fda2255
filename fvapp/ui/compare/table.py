"""The table of all runs: sorted by a click on a column, names edited in place."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.names import MOST_CHARACTERS, as_cell, clean_name
from fvapp.core.results.comparison import brief_difference, changes_of_runs
from fvapp.core.runs import RunRecord
from fvapp.ui.compare.records import last_epoch
from fvapp.ui.visit import Visit

_ROW = 35  # height of a row in pixels, Streamlit's own
_MOST_ROWS = 8  # seen at a time
_NOTHING = "–"  # in an empty cell, where Streamlit would write "None"
_REVISION = "runs_table_revision"
_NUMBERS = ("accuracy", "val_accuracy", "test_accuracy", "loss", "val_loss", "test_loss")


def draw_table(visit: Visit, records: Sequence[RunRecord], titles: Mapping[str, str]) -> None:
    """Draw all runs, the newest first.

    Args:
        titles: what each run is called, by id.
    """
    t = visit.t
    before = {record.id: earlier for earlier, record in pairwise(records)}
    rows = records[::-1]
    table: dict[str, list[object]] = {
        "name": [as_cell(titles[record.id]) for record in rows],
        "changed": [
            as_cell(brief_difference(changes_of_runs(before[record.id], record), t)) if record.id in before else ""
            for record in rows
        ],
        "state": [t(f"states.{record.state}") for record in rows],
        "epochs": [record.epoch for record in rows],
        "seconds": [],
        "parameters": [record.parameters for record in rows],
        **{name: [] for name in _NUMBERS},
    }
    for record in rows:
        epoch = last_epoch(visit, record)
        table["seconds"].append(_number(epoch and epoch.seconds))
        for name in _NUMBERS:
            value = getattr(record.result if name.startswith("test_") else epoch, name, None)
            table[name].append(_number(value, percent=name.endswith("accuracy")))
    key = f"runs_editor_{_revision(rows)}"
    with st.container(key="runs_table"):
        st.data_editor(
            table,
            key=key,
            hide_index=True,
            height=_ROW * (min(len(rows), _MOST_ROWS) + 1) + 3,
            disabled=[name for name in table if name != "name"],
            column_config=_columns(visit),
            on_change=_rename,
            args=(visit, [record.id for record in rows], key),
            placeholder=_NOTHING,
            alt=t("compare.table.alt", n=len(rows)),
        )
        st.caption(t("compare.table.hint"))


def _columns(visit: Visit) -> dict[str, object]:
    t, column = visit.t, st.column_config

    def heading(name: str) -> str:
        return t(f"compare.table.{name}")

    return {
        "name": column.TextColumn(heading("name"), width=200, max_chars=MOST_CHARACTERS),
        "changed": column.TextColumn(heading("changed"), width=195, help=heading("changed_help")),
        "state": column.TextColumn(heading("state"), width=70),
        "epochs": column.NumberColumn(heading("epochs"), width=64),
        "seconds": column.NumberColumn(heading("seconds"), format="%.2f", width=92),
        "parameters": column.NumberColumn(heading("parameters"), format="localized", width=92),
        **{
            name: column.NumberColumn(heading(name), format="%.1f%%" if name.endswith("accuracy") else "%.3f", width=84)
            for name in _NUMBERS
        },
    }


def _rename(visit: Visit, ids: Sequence[str], key: str) -> None:
    for row, edits in st.session_state[key]["edited_rows"].items():
        if "name" in edits:
            try:
                visit.engine.rename(visit.token, ids[int(row)], clean_name(edits["name"] or ""))
            except FvappError as error:
                visit.say_error_next(error)


def _revision(rows: Sequence[RunRecord]) -> int:
    """Return a number that changes with the list of runs: edits are kept by row, and rows move."""
    ids = [record.id for record in rows]
    revision, kept = st.session_state.get(_REVISION, (0, ids))
    if kept != ids:
        revision += 1
    st.session_state[_REVISION] = (revision, ids)
    return revision


def _number(value: object, *, percent: bool = False) -> float:
    """Return a number for a cell, nan for an empty one; a column of numbers sorts as numbers."""
    if not isinstance(value, (int, float)):
        return math.nan
    return 100 * value if percent else float(value)
