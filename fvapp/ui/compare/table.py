"""Draws the table of all runs, which can be sorted by column and lets visitors rename runs."""

import math
from collections.abc import Mapping, Sequence

import streamlit as st

from fvapp.core.names import MOST_CHARACTERS, clean_name, escape_csv_cell
from fvapp.core.results.comparison import brief_change_list, changes_of_runs
from fvapp.core.runs import RunRecord
from fvapp.core.wording import NOTHING
from fvapp.ui.compare.records import read_last_epoch
from fvapp.ui.visit import Visit

_ROW = 35  # height of a row of Streamlit's tables, in pixels
_MOST_ROWS = 8  # maximum number of rows visible without scrolling
_REVISION = "runs_table_revision"
# Columns that are shown initially; together, they fit on a tablet.
_FIRST = ("name", "changed", "state", "epochs", "parameters", "val_accuracy", "test_accuracy")
_NUMBERS = ("seconds", "accuracy", "val_accuracy", "test_accuracy", "loss", "val_loss", "test_loss")


def draw_runs_table(visit: Visit, records: Sequence[RunRecord], titles: Mapping[str, str]) -> None:
    """Draw a table of all runs, newest first.

    Args:
        titles: each run's title, by id.
    """
    t = visit.t
    table = [
        _runs_table_row(visit, record, before, titles[record.id])
        for before, record in zip((None, *records), records, strict=False)
    ][::-1]
    key = f"runs_editor_{_table_revision(records)}"

    def rename_edited_runs() -> None:
        for row, edits in st.session_state[key]["edited_rows"].items():
            if "name" in edits:
                _rename_run(visit, records[-1 - int(row)].id, edits["name"])

    with st.container(key="runs_table"):
        whole = st.toggle(t("compare.table.whole"), key="runs_table_whole")
        st.data_editor(
            table,
            key=key,
            column_order=None if whole else _FIRST,
            hide_index=True,
            height=_ROW * (min(len(table), _MOST_ROWS) + 1) + 3,
            disabled=[name for name in table[0] if name != "name"],
            column_config={
                name: _column_config(visit, name)  # type: ignore[misc]  # Streamlit keeps the type private
                for name in table[0]
            },
            on_change=rename_edited_runs,
            placeholder=NOTHING,  # by default, Streamlit shows "None" in empty cells
            alt=t("compare.table.alt", n=len(table)),
        )
        st.caption(t("compare.table.hint"))
        if whole:
            st.caption(t("compare.table.whole_epoch"))
        with st.container(horizontal=True, key="rename_run"):
            chosen = st.selectbox(
                t("compare.table.rename"),
                list(titles)[::-1],
                None,
                key="renamed_run",
                format_func=titles.__getitem__,
                placeholder=NOTHING,
                width=320,
            )
            if chosen is not None and chosen in titles:
                name = f"new_name_{chosen}"
                st.text_input(
                    t("compare.table.new_name"),
                    titles[chosen],
                    key=name,
                    width=320,
                    max_chars=MOST_CHARACTERS,
                    on_change=lambda: _rename_run(visit, chosen, st.session_state[name]),
                )


def _runs_table_row(
    visit: Visit, record: RunRecord, before: RunRecord | None, title: str
) -> dict[str, object]:
    t = visit.t
    epoch = read_last_epoch(visit, record)
    result = record.result if record.result and record.result.has_meaningful_accuracy else None
    return {
        "name": escape_csv_cell(title),
        "changed": escape_csv_cell(brief_change_list(changes_of_runs(before, record), t))
        if before
        else "",
        "state": t(f"states.{record.state}"),
        "epochs": record.epoch,
        "parameters": record.parameters,
        **{
            name: _number_or_nan(
                getattr(result if name.startswith("test_") else epoch, name, None),
                percent=name.endswith("accuracy"),
            )
            for name in _NUMBERS
        },
    }


def _column_config(visit: Visit, name: str) -> object:
    heading = visit.t(f"compare.table.{name}")
    column = st.column_config
    if name == "name":
        return column.TextColumn(heading, width=180, max_chars=MOST_CHARACTERS)
    if name in ("changed", "state"):
        about = visit.t("compare.table.changed_help") if name == "changed" else None
        return column.TextColumn(heading, width=160 if about else 70, help=about)
    formats = {"epochs": None, "seconds": "%.2f", "parameters": "localized"}
    usual = "%.1f%%" if name.endswith("accuracy") else "%.3f"
    return column.NumberColumn(
        heading, format=formats.get(name, usual), width=64 if name == "epochs" else 88
    )


def _rename_run(visit: Visit, run_id: str, name: str | None) -> None:
    with visit.messages.queueing_errors():
        visit.engine.runs.rename_run(visit.token, run_id, clean_name(name or ""))


def _table_revision(rows: Sequence[RunRecord]) -> int:
    """Return a number that changes with the list of runs.

    The table's key contains this number, because Streamlit stores edits by row number.
    """
    ids = [record.id for record in rows]
    revision, kept = st.session_state.get(_REVISION, (0, ids))
    if kept != ids:
        revision += 1
    st.session_state[_REVISION] = (revision, ids)
    return revision


def _number_or_nan(value: object, *, percent: bool = False) -> float:
    """Return a cell's number, or nan if it is empty, so that the column sorts numerically."""
    if not isinstance(value, (int, float)):
        return math.nan
    return 100 * value if percent else float(value)
