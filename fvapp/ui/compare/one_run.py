"""One run in full: whether it overfits and what to try next, what can be taken away, the link, the end of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from fvapp.charts.curves import training_figures
from fvapp.core.documents.history import write_history
from fvapp.core.documents.report import write_report
from fvapp.core.documents.runfile import write_run_file
from fvapp.core.errors import FvappError
from fvapp.core.glossary import FIT_WORDS
from fvapp.core.links import LessonLink, build_link
from fvapp.core.results.comparison import brief_difference, changes_of_settings
from fvapp.core.results.overfitting import Remedy, fit_sentence, judge_fit, remedies
from fvapp.core.runs import RunRecord
from fvapp.core.settings import changed_rows
from fvapp.core.wording import value_words
from fvapp.ui.browser.choices import draw_run_choice
from fvapp.ui.compare.bring_back import keep_deleted
from fvapp.ui.compare.records import curves_of, is_of_starter_set, read_events
from fvapp.ui.parts.address import app_address
from fvapp.ui.parts.by_class import draw_by_class
from fvapp.ui.parts.charts import draw_pair
from fvapp.ui.parts.glossary import draw_words
from fvapp.ui.parts.kept_drawings import kept_drawings
from fvapp.ui.parts.page_links import page_path
from fvapp.ui.parts.said_in_class import said_in_class
from fvapp.ui.visit import Visit, say_next


def draw_one(
    visit: Visit, records: Sequence[RunRecord], chosen: Sequence[RunRecord], titles: Mapping[str, str]
) -> None:
    """Draw one run: the visitor's choice, else the last of those compared, else the latest.

    Args:
        titles: what each run is called, by id.
    """
    t = visit.t
    default = (chosen or records)[-1].id
    st.header(t("compare.one"))
    words = {record.id: titles[record.id] for record in reversed(records)}
    kept = f"compare_one_{default}"  # another comparison begins with its own last run
    shown = draw_run_choice(t("compare.one"), words, kept, default, label_visibility="collapsed")
    record = next(record for record in records if record.id == shown)
    left, right = st.columns([7, 4], gap="large")
    with left:
        _draw_fit(visit, record, titles[record.id])
    with right:
        _draw_downloads(visit, record)
        _draw_link(visit, record)
        with st.container(key="delete_run"):
            st.button(
                t("compare.delete"),
                # A button of its own for each run: the second click of a double click is not for the run shown next.
                key=f"delete_run_{record.number}",
                icon=":material/delete:",
                type="tertiary",
                on_click=_delete,
                args=(visit, record),
            )


def _draw_fit(visit: Visit, record: RunRecord, title: str) -> None:
    t = visit.t
    curves = curves_of(visit, record)
    fit = judge_fit(curves.epochs, record.settings)
    with st.container(key="overfit"):
        figures = training_figures(
            curves,
            t,
            epochs=record.epochs,
            result=record.result,
            shade_from=fit.best_epoch if fit.overfits else None,
        )
        draw_pair("one", figures, lambda measure: t(f"compare.one_alt_{measure}", run=title))
        st.write(fit_sentence(fit, t))
        draw_words(t, FIT_WORDS, key="fit_words")
        if is_of_starter_set(visit, record):
            st.caption(t("datasets.starter_run"))
        draw_by_class(visit, record)
    if fit.overfits:
        with st.container(key="remedy", horizontal=True):
            for remedy in remedies(record.trained, fit):
                if st.button(
                    t(f"compare.remedy.{remedy.name}", value=_value(remedy, record, visit)),
                    key=f"remedy_{remedy.name}",
                    help=t("compare.remedy.help"),
                ):
                    visit.set_settings(remedy.settings)
                    # The setting may be in a fold of the form.
                    changes = brief_difference(changes_of_settings(record.trained, remedy.settings), t)
                    say_next(t("compare.remedy.done", title=title, changes=changes))
                    st.switch_page(page_path("train"))


def _value(remedy: Remedy, record: RunRecord, visit: Visit) -> str:
    (row,) = changed_rows(record.trained, remedy.settings)
    return value_words(row.name, getattr(remedy.settings, row.name), visit.t)


def _draw_downloads(visit: Visit, record: RunRecord) -> None:
    """Draw the buttons that hand out files; each file is made only when it is asked for."""
    t = visit.t

    def model() -> bytes:
        return visit.engine.model_file(visit.token, record.id)

    def history() -> str:
        return write_history(read_events(visit, record))

    def report() -> str:
        drawings = kept_drawings(visit, record.id, record.settings.dataset)
        return write_report(record, curves_of(visit, record), t, drawings=drawings, own=said_in_class(visit, record))

    def run_file() -> bytes:
        return write_run_file(record, read_events(visit, record))

    st.markdown(f"**{t('compare.take_away')}**")
    name = f"run-{record.number}"
    _download(visit, "download_report", report, f"{name}.html", "text/html", ":material/description:")
    _download(visit, "download_history", history, f"{name}.csv", "text/csv", ":material/table:")
    _download(visit, "download_run", run_file, f"{name}.fvapp.json", "application/json", ":material/save:")
    _download(
        visit,
        "download_model",
        model,
        f"{name}.keras",
        "application/octet-stream",
        ":material/memory:",
        disabled=not record.can_continue,
    )
    st.caption(t("compare.no_foreign_models"))


def _download(
    visit: Visit, key: str, make: Callable[[], str | bytes], name: str, mime: str, icon: str, *, disabled: bool = False
) -> None:
    st.download_button(
        visit.t(f"compare.{key}"),
        make,
        file_name=name,
        mime=mime,
        key=key,
        icon=icon,
        width="stretch",
        disabled=disabled,
        on_click="ignore",
    )


def _draw_link(visit: Visit, record: RunRecord) -> None:
    st.markdown(f"**{visit.t('compare.share')}**")
    with st.container(key="share_link"):
        st.code(build_link(LessonLink(settings=record.trained), app_address()), language=None, wrap_lines=True)
    st.caption(visit.t("compare.share_hint"))


def _delete(visit: Visit, record: RunRecord) -> None:
    try:
        keep_deleted(visit, record, read_events(visit, record))
        visit.engine.delete(visit.token, record.id)
    except FvappError as error:
        if error.code != "unknown_run":  # deleted already, which is what was wanted
            visit.say_error_next(error)
