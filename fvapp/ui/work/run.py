"""Draws the part of the work menu on runs: reports, files, links, deletion and damaged runs."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from fvapp.core.documents import runfile
from fvapp.core.documents.report import write_report
from fvapp.core.errors import EngineError
from fvapp.core.examples import ExampleSet
from fvapp.core.links import TeacherLink, build_teacher_link
from fvapp.core.results.curves import read_curves
from fvapp.core.runs import RunRecord
from fvapp.core.wording import run_title, run_titles
from fvapp.ui.browser import draw_expander, draw_run_choice
from fvapp.ui.lesson.said_in_class import student_statements
from fvapp.ui.messages import queue_message
from fvapp.ui.parts import (
    app_address,
    ask_before_leaving,
    ask_consent,
    draw_command_button,
    draw_download,
    draw_plain_text,
    row_container,
)
from fvapp.ui.pictures import draw_run_file_field, drawings_of_run
from fvapp.ui.visit import Visit

_DELETED = "work_deleted"
_FOLD_HEIGHT = 200  # approximate height of opened actions, in pixels


def draw_run_actions(visit: Visit, records: Sequence[RunRecord]) -> None:
    """Draw a list of runs, actions for the chosen run, and two ways to restore a deleted run.

    The last deletion can be undone, and any run can be restored from its run file.
    """
    t = visit.t
    deleted = st.session_state.get(_DELETED)
    if deleted is not None:
        with row_container("deleted_run"):
            st.text(t("workspace.run.deleted", title=run_title(deleted[0], t)))
            st.button(
                t("workspace.run.undo"),
                key="undo_delete",
                icon=":material/undo:",
                on_click=_undo_run_deletion,
                args=(visit,),
            )

    if records:
        words = run_titles(records, t)
        newest_first = {record.id: words[record.id] for record in reversed(records)}
        shown = draw_run_choice(t("workspace.run.choose"), newest_first, "work_run", records[-1].id)
        _draw_run_files(visit, next(record for record in records if record.id == shown))

    draw_expander(
        "bring_back",
        t("workspace.run.bring_back"),
        _FOLD_HEIGHT,
        _draw_run_file_upload,
        visit,
        icon=":material/upload_file:",
    )


def _draw_run_files(visit: Visit, record: RunRecord) -> None:
    t = visit.for_dataset(record.settings.dataset).t

    def make_run_report() -> str:
        curves = read_curves(visit.read_events(record))
        drawings = drawings_of_run(visit, record.id, record.settings.dataset)
        return write_report(
            record, curves, t, drawings=drawings, own=student_statements(visit, record)
        )

    name = f"run-{record.number}"
    data = record.settings.dataset_info
    if data.base_dataset and not data.is_shared and record.examples:
        ask_consent(visit, "with_text", f"with_text_{record.number}")
    save = partial(_make_run_file, visit, record)
    with st.container(key="run_files", horizontal=True):
        draw_download(
            "download_report",
            t("workspace.run.report"),
            make_run_report,
            f"{name}.html",
        )
        draw_download("download_run", t("workspace.run.run"), save, f"{name}.fvapp.json")
        # Each run's button has its own key, so that a double click does not delete the next run.
        key = f"delete_run_{record.number}"
        st.button(
            t("workspace.run.delete"),
            key=key,
            icon=":material/delete:",
            on_click=_delete_run,
            args=(visit, record),
        )
    draw_expander(
        "run_more", t("workspace.run.more"), _FOLD_HEIGHT, _draw_more_run_actions, visit, record
    )


def _make_run_file(visit: Visit, record: RunRecord, weights: bool = False) -> bytes:
    events = visit.read_events(record)
    own = visit.engine.answers.load_weights(visit.token, record.id) if weights else None
    # The visitor's own text is included only if they have ticked the box.
    without = record.settings.dataset_info.base_dataset and not st.session_state.get(
        f"with_text_{record.number}"
    )
    examples = None if without else _examples_of_run(visit, record)
    return runfile.write_run_file(record, events, examples, own)


def _draw_more_run_actions(visit: Visit, record: RunRecord) -> None:
    """Draw rarely needed actions for a run: files with its network, and a link to its settings."""
    t = visit.t
    name = f"run-{record.number}"
    leaves = ask_before_leaving(visit, record.settings.dataset_info, f"run_leaves_{record.number}")
    if leaves and (size := runfile.network_size_in_file(record)):
        label = t("workspace.run.with_network", size=f"{size / 1e6:.1f}")
        save = partial(_make_run_file, visit, record, weights=True)
        draw_download("download_run_network", label, save, f"{name}-network.fvapp.json")
    if leaves and record.has_checkpoint:
        model = partial(visit.engine.answers.export_model_file, visit.token, record.id)
        draw_download(
            "download_model",
            t("workspace.run.model"),
            model,
            f"{name}.keras",
        )
        st.caption(t("workspace.run.no_foreign_models"))

    st.markdown(f"**{t('workspace.run.share')}**")
    with st.container(key="share_link"):
        draw_plain_text(
            build_teacher_link(TeacherLink(settings=record.final_settings), app_address())
        )
    st.caption(t("workspace.run.share_hint"))


def _draw_run_file_upload(visit: Visit) -> None:
    t = visit.t
    st.write(t("workspace.run.bring_back_hint"))
    draw_run_file_field(visit, t("workspace.run.bring_back"), partial(_import_run_file, visit))


def _delete_run(visit: Visit, record: RunRecord) -> None:
    # If the run has already been deleted, as the visitor wanted, no error is shown.
    with visit.messages.queueing_errors(but="unknown_run"):
        # The deleted run is stored for undo until the next deletion or the end of the session.
        events = visit.read_events(record)
        weights = (
            visit.engine.answers.load_weights(visit.token, record.id)
            if record.has_checkpoint
            else None
        )
        # The visitor's own text is not stored, because the visitor may delete the text before the
        # undo. As long as the text exists, the restored run finds it again.
        examples = (
            None if record.settings.dataset_info.base_dataset else _examples_of_run(visit, record)
        )
        st.session_state[_DELETED] = (record, events, examples, weights)
        visit.engine.runs.delete_run(visit.token, record.id)


def _examples_of_run(visit: Visit, record: RunRecord) -> ExampleSet | None:
    """Return the visitor's own examples that a run learned from; None if any no longer exists.

    Return None also for a run on a school class's data set, whose drawings are never included.
    """
    if record.examples is None or record.settings.dataset_info.is_shared:
        return None
    try:
        return visit.engine.examples.examples_of_run(visit.token, record.id)
    except EngineError as error:
        if error.code != "examples_gone":
            raise
        return None


def _undo_run_deletion(visit: Visit) -> None:
    deleted = st.session_state.get(_DELETED)
    if deleted is None:  # an earlier duplicate of this click has restored the run
        return
    with visit.messages.queueing_errors():
        visit.engine.runs.add_run(visit.token, *deleted)
        del st.session_state[_DELETED]


def _import_run_file(visit: Visit, data: bytes) -> None:
    with visit.messages.queueing_errors():
        brought = visit.engine.runs.import_run_file(visit.token, data)
        queue_message(visit.t("workspace.run.brought_back", title=run_title(brought, visit.t)))


def draw_damaged_runs(visit: Visit) -> None:
    """Draw any damaged runs of the visitor, each with a download button and a delete button."""
    t = visit.t
    damaged: Sequence[str] = ()
    with visit.messages.showing_errors_here():
        damaged = visit.engine.runs.damaged_run_ids(visit.token)
    if not damaged:
        return

    with st.container(key="damaged_runs"):
        st.markdown(f"**{t('workspace.damaged.title')}**")
        st.caption(t("workspace.damaged.about"))
        for number, run_id in enumerate(damaged, 1):
            with row_container():
                st.text(t("workspace.damaged.run", n=number))
                make = partial(visit.engine.runs.read_damaged_run, visit.token, run_id)
                label = t("workspace.damaged.download")
                draw_download(
                    f"download_{run_id}",
                    label,
                    make,
                    f"damaged-run-{number}.json",
                )
                key = f"damaged_delete_{run_id}"
                label = t("workspace.damaged.delete")
                draw_command_button(
                    visit,
                    label,
                    key,
                    visit.engine.runs.delete_run,
                    run_id,
                    icon=":material/delete:",
                )
