"""Draws the menu with the visitor's work, codes for other devices, and ways to leave it."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from fvapp.core.classroom import SeatKeys, parse_join_code
from fvapp.core.errors import FvappError
from fvapp.core.missions import MISSIONS
from fvapp.ui.arrival import continue_in_workspace
from fvapp.ui.browser import draw_expander, draw_popover
from fvapp.ui.messages import escape_markdown
from fvapp.ui.parts import (
    draw_code_refusal,
    draw_command_button,
    draw_page_link,
    find_page,
    give_engine_command,
    mention_remaining_copies,
    open_workspace_by_code,
)
from fvapp.ui.pictures import count_drawings
from fvapp.ui.visit import Visit
from fvapp.ui.work.drawings import draw_drawings_expander
from fvapp.ui.work.run import draw_damaged_runs, draw_run_actions

_CLASS = "class_code_entered"
_HEIGHT = 520  # approximate height of the menu, in pixels
_FOLD_HEIGHT = 160  # approximate height of an opened part of the menu, in pixels


def draw_workspace_menu(visit: Visit) -> None:
    """Draw the button that opens the menu with the visitor's work."""
    draw_popover(
        "workspace_menu",
        visit.t("workspace.menu"),
        _HEIGHT,
        _draw_menu_contents,
        visit,
        icon=":material/person:",
    )


def _draw_menu_contents(visit: Visit) -> None:
    if _CLASS in st.session_state:
        st.switch_page(find_page("classroom"), query_params={"code": st.session_state.pop(_CLASS)})
    above = st.container()
    _draw_menu_expander(
        visit, "elsewhere", "elsewhere_fold", ":material/devices:", _draw_code_exchange
    )
    try:
        records = visit.engine.runs.list_runs(visit.token)
        work = _work_count_labels(visit, len(records))
        doors = visit.engine.seat_returns.list_seat_keys(visit.token)
    except FvappError as error:
        visit.messages.show_error_here(error)
        return

    with above:
        with st.container(key="work_counts", horizontal=True):
            for page, words in work.items():
                if page != "draw":
                    draw_page_link(page, words)
        if "draw" in work:
            draw_drawings_expander(visit, records, work["draw"])
        draw_run_actions(visit, records)
        draw_damaged_runs(visit)

    if doors:
        draw_expander(
            "work_doors",
            visit.t("classroom.doors.fold"),
            _FOLD_HEIGHT,
            _draw_codes_and_cards,
            visit,
            doors,
            icon=":material/key:",
        )

    _draw_menu_expander(visit, "kept", "kept_fold", ":material/inventory_2:", _draw_storage_notes)
    _draw_menu_expander(visit, "leave", "leave", ":material/logout:", _draw_leave_button, work)
    _draw_menu_expander(visit, "delete", "delete", ":material/delete:", _draw_delete_button)


def _draw_menu_expander(
    visit: Visit, name: str, title: str, icon: str, draw: Callable[..., None], *args: object
) -> None:
    draw_expander(
        f"work_{name}", visit.t(f"workspace.{title}"), _FOLD_HEIGHT, draw, visit, *args, icon=icon
    )


def _draw_code_exchange(visit: Visit) -> None:
    t = visit.t
    st.markdown(t("workspace.code_help"))
    _draw_recovery_code(visit, "code")
    st.text_input(t("classroom.code.enter"), key="entered_code", max_chars=40)
    st.button(
        t("classroom.code.use"), key="open_workspace", on_click=_use_entered_code, args=(visit,)
    )
    draw_code_refusal(visit, st.session_state.get("entered_code", "").strip())


def _draw_storage_notes(visit: Visit) -> None:
    for name in ("browser", "computer", "photos", "class", "wall", "gone"):
        st.markdown(visit.t(f"workspace.kept.{name}"))


def _draw_leave_button(visit: Visit, work: Mapping[str, str]) -> None:
    t = visit.t
    listed = t("common.comma").join(work.values())
    st.markdown(t("workspace.leave_help", work=listed) if work else t("workspace.leave_nothing"))
    if work:
        _draw_recovery_code(visit, "code_first")
    end = (visit, visit.engine.workspaces.leave_workspace, t("workspace.left"))
    st.button(
        t("workspace.leave_now"),
        key="leave_workspace",
        on_click=_leave_or_delete_workspace,
        args=end,
    )


def _draw_delete_button(visit: Visit) -> None:
    t = visit.t
    st.markdown(t("workspace.delete_help"))
    sure = st.checkbox(t("workspace.delete_sure"), key="delete_all_sure")
    end = (
        visit,
        visit.engine.workspaces.delete_workspace,
        mention_remaining_copies(visit, t("workspace.deleted")),
    )
    st.button(
        t("workspace.delete_now"),
        key="delete_all",
        disabled=not sure,
        on_click=_leave_or_delete_workspace,
        args=end,
    )


def _work_count_labels(visit: Visit, runs: int) -> dict[str, str]:
    """Return texts that count the visitor's work, such as runs, by the page where it was made."""
    progress = visit.read_progress()
    done = sum(own.is_mission_done(MISSIONS[mission]) for mission, own in progress.items())
    counts = {"train": runs, "draw": count_drawings(visit), "missions": done}
    counts["data"] = len(visit.engine.examples.kept_examples(visit.token))
    return {
        page: visit.t(f"workspace.count.{page}", n=count) for page, count in counts.items() if count
    }


def _draw_codes_and_cards(visit: Visit, doors: Sequence[SeatKeys]) -> None:
    """Draw the codes and cards for the visitor's work in classes, and buttons that revoke them."""
    t = visit.t
    st.caption(t("classroom.doors.help"))
    for seat in doors:
        name = escape_markdown(seat.class_name)
        ways_in = {
            t("classroom.doors.elsewhere"): seat.was_taken_elsewhere,
            t(
                "classroom.doors.sleeps" if seat.is_card_pending else "classroom.doors.card"
            ): seat.opens_by_card,
            t("classroom.doors.code"): seat.opens_by_code,
            t("classroom.doors.browsers", n=seat.browser_count): seat.browser_count,
        }
        lines = [f"- {way}" for way, is_open in ways_in.items() if is_open]
        st.markdown("\n".join([f"**{name}**", "", *lines]))
        draw_command_button(
            visit,
            t("classroom.doors.end"),
            f"end_doors_{seat.class_id}",
            visit.engine.seat_returns.revoke_own_seat_access,
            seat.class_id,
            confirmation=t("classroom.doors.ended", name=name),
        )


def _draw_recovery_code(visit: Visit, key: str) -> None:
    with st.container(key=f"recovery_{key}"):
        # The recovery code is hidden until requested, because anybody who sees the code can use it.
        code = st.session_state.get("recovery_code_shown")
        if code is not None:
            st.code(code, language=None)
        else:
            st.button(
                visit.t("workspace.show_code"),
                key=f"show_{key}",
                on_click=_show_recovery_code,
                args=(visit,),
            )


def _show_recovery_code(visit: Visit) -> None:
    with visit.messages.queueing_errors():
        st.session_state["recovery_code_shown"] = visit.engine.workspaces.recovery_code(visit.token)


def _use_entered_code(visit: Visit) -> None:
    code = st.session_state.get("entered_code", "").strip()
    if parse_join_code(code):
        st.session_state[_CLASS] = code
    elif code:
        open_workspace_by_code(visit, code)


def _leave_or_delete_workspace(visit: Visit, command: Callable[[str], None], sentence: str) -> None:
    """Leave or delete the workspace by a command, and continue in a new workspace."""
    if give_engine_command(visit, command):
        continue_in_workspace(None, sentence)
