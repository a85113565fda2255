"""Contains all code that uses private parts of Streamlit and uvicorn.

The package replaces some of their functions. The replacements were written for the versions that
``requirements.txt`` allows; with other versions, the app does not start. Many versions of uvicorn
are allowed, and even a patch release may change its private functions. If a function no longer
exists or takes different parameters, it is not replaced. The log then describes the consequence;
``doctor`` and the messages at the start list what the app is not protected against.
"""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import cache, wraps
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.scriptrunner import RerunException, get_script_run_ctx

if TYPE_CHECKING:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from streamlit.runtime import Runtime
    from streamlit.runtime.app_session import AppSession
    from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
    from streamlit.runtime.session_manager import ActiveSessionInfo
    from streamlit.runtime.state.common import WidgetMetadata
    from streamlit.runtime.state.session_state import SessionState, WStates

_log = logging.getLogger(__name__)
_DROPPED = "forged_value_dropped"
# A number field expects a value of one of these two types, but the browser may send the other type.
_NUMBERS = {"int_value", "double_value"}

PAGE_TOLD = b'<script>window.__streamlit = { BACKEND_BASE_URL: new URL("./", location.href).href };</script>'
"""HTML that tells Streamlit's page where its server is.

A page opened at its own address, such as ``/draw``, first asks for ``/draw/_stcore/health`` and
``/draw/_stcore/host-config``, because the page cannot know whether the app is served below
``/draw``. Both requests fail, which costs a round trip and puts two errors into the browser's
console. So we set the variable in which a host may give the page its server's address. The page
loads everything else relative to the same place.
"""


@dataclass(frozen=True)
class FunctionReplacement:
    """A replacement for a function of Streamlit, uvicorn or the logging module.

    Attributes:
        owner_path: the function's module or class, such as ``"streamlit.net_util"`` or
            ``"package.module:Class"``.
        make_replacement: takes the original function and returns a replacement with the same
            parameters.
        cost_of_original: the consequence of keeping the original, as a phrase for the log.
        guard_text_key: translation key below ``server.guards`` for what the replacement protects
            against.
    """

    owner_path: str
    function_name: str
    make_replacement: Callable[[Callable], Callable]
    cost_of_original: str
    guard_text_key: str | None = None

    def prepare_replacement(self) -> tuple[Any, Callable] | None:
        """Return the function's owner and its replacement.

        If the replacement does not fit the function, log a warning and return None.
        """
        with suppress(ImportError, AttributeError):
            owner = resolve_name(self.owner_path)
            found = getattr(owner, self.function_name)
            made = wraps(found)(self.make_replacement(found))
            if [*inspect.signature(found).parameters] == [
                *inspect.signature(made, follow_wrapped=False).parameters
            ]:
                return owner, made
        place = f"{self.owner_path}.{self.function_name}"
        _log.warning(
            "%s differs from what this app knows, and stays as it is: %s",
            place,
            self.cost_of_original,
        )
        if self.guard_text_key is not None:
            MISSING.add(self.guard_text_key)
        return None


REPLACED: list[FunctionReplacement] = []
# Translation keys of the dangers against which the app has no protection, because a replacement did
# not fit.
MISSING: set[str] = set()


def _registers_replacement(
    where: str, name: str, otherwise: str, guards: str | None = None
) -> Callable[[Callable], Callable]:
    """Return a decorator that adds a replacement, made by the decorated function, to `REPLACED`."""

    def register_replacement(make: Callable) -> Callable:
        REPLACED.append(FunctionReplacement(where, name, make, otherwise, guards))
        return make

    return register_replacement


@_registers_replacement(
    "streamlit.runtime.app_session",
    "_populate_theme_msg",
    "each script run reads the theme's options again",
)
def _read_theme_once(read: Callable) -> Callable:
    """Read each section of the theme once, since it does not change while the server runs.

    Every script run begins with a message that contains the theme. For each of the theme's six
    sections, Streamlit reads all its options on the event loop, under a lock that every element of
    every page needs, too. When a whole class opened the app at once, this took a tenth of the
    server's processor time.
    """
    kept: dict[str, CustomThemeConfig] = {}

    def populate_from_cache(msg: CustomThemeConfig, section: str = "theme") -> None:
        if section not in kept:
            theme = CustomThemeConfig()
            read(theme, section)
            kept[section] = theme
        if kept[section].ByteSize():  # merging an empty section would mark it as set
            msg.MergeFrom(kept[section])

    return populate_from_cache


@_registers_replacement(
    "streamlit.net_util",
    "get_external_ip",
    "a page of another site has the internet asked for this machine's address, for 2 s on everybody's loop",
)
def _skip_external_ip(look_up: Callable) -> Callable:
    """Keep Streamlit from looking up this machine's external address on the internet.

    Streamlit accepts requests from pages opened at the external address. To find this address, it
    asks a server on the internet and blocks the event loop: for two seconds each time, if that
    server cannot be reached. Such pages need no look-up, because their requests go to the same host
    that their origin names.
    """
    return lambda: None


@_registers_replacement(
    "streamlit.runtime.app_session:AppSession",
    "register_file_watchers",
    "each page that comes back after a lost connection holds up everybody for half a second",
)
def _skip_file_watchers(watch: Callable) -> Callable:
    """Prevent file watching in sessions that reconnect if ``server.fileWatcherType`` is "none".

    Streamlit checks that option for new sessions only. For a reconnecting session, it searches for
    the files of all modules on the event loop, which took 18 s when 40 sessions reconnected at
    once.
    """

    def register_file_watchers(self: AppSession) -> None:
        if st.get_option("server.fileWatcherType") != "none":
            watch(self)

    return register_file_watchers


@_registers_replacement(
    "streamlit.runtime.forward_msg_queue:ForwardMsgQueue",
    "clear",
    "a page may turn blank when a part of it is drawn in the moment after the whole",
)
def _keep_unsent_messages(clear: Callable) -> Callable:
    """Prevent a fragment's run from removing queued elements that have not been sent yet.

    Streamlit queues the elements that a run draws, and sends them a moment later. If a fragment's
    run begins within that moment, Streamlit removes the fragment's earlier elements from the queue,
    except those of nested fragments and those that the browser has cached. These remaining elements
    belong to containers that never arrive ("Bad delta path index"), and the whole page turns blank.
    Streamlit also changes another fragment's message "finished" to "stopped early". The page then
    keeps outdated elements, such as a second canvas for an earlier data set. If nothing is removed,
    the browser simply draws the queued elements first, and then the fragment's new elements.
    """

    def clear_unless_fragment_runs(
        self: ForwardMsgQueue,
        retain_lifecycle_msgs: bool = False,
        fragment_ids_this_run: list[str] | None = None,
    ) -> None:
        if fragment_ids_this_run:
            # With an empty map, the fragment's messages do not overwrite queued messages.
            self._delta_index_map = {}
        else:  # all queued messages were sent, or the whole script reruns
            clear(self, retain_lifecycle_msgs, fragment_ids_this_run)

    return clear_unless_fragment_runs


@_registers_replacement(
    "streamlit.runtime.runtime:Runtime",
    "_send_message",
    "a page that comes back to a busy server may wait for ever for what it is to show",
)
def _send_to_current_connection(send: Callable) -> Callable:
    """Send a session's messages to its current connection.

    Streamlit lists the connections of all sessions, then sends each session's messages in turn. If
    a page reconnects in between, the messages of its new run go to the old connection, and the page
    waits forever. This happened to 3 of 1,900 pages that reconnected to a busy server.
    """

    def _send_message(self: Runtime, session_info: ActiveSessionInfo, msg: ForwardMsg) -> None:
        send(
            self,
            self._session_mgr.get_active_session_info(session_info.session.id) or session_info,
            msg,
        )

    return _send_message


@_registers_replacement(
    "streamlit.runtime.state.session_state:WStates",
    "set_widget_metadata",
    "a client that reconnects with malformed widget values breaks its own page and floods the log",
    "forged",
)
def _drop_unreadable_values(set_metadata: Callable) -> Callable:
    """Drop an invalid widget value that arrived before its widget was drawn.

    This happens, for example, when a page reconnects after its session was lost.
    """

    def set_widget_metadata(self: WStates, widget_meta: WidgetMetadata[Any]) -> None:
        known = self.widget_metadata.get(widget_meta.id)
        # Streamlit no longer knows the value type of a cleared widget.
        if known is not None and widget_meta.value_type is None:
            widget_meta = replace(widget_meta, value_type=known.value_type)
        set_metadata(self, widget_meta)
        if known is None:
            _drop_forged_value(self, widget_meta)

    return set_widget_metadata


def _drop_forged_value(values: WStates, widget: WidgetMetadata[Any]) -> None:
    """Drop a widget's value if the app's own pages could not have sent it.

    Streamlit passes any value in a message to the widget's own code. Text for a number, or broken
    JSON for a component, makes that code fail in a dozen ways, each with a traceback in the log.
    Here, a value is accepted only if it has the widget's type and the widget can read it.
    Otherwise, the widget keeps its previous value.
    """
    sent = getattr(values.states.get(widget.id), "value", None)
    if isinstance(sent, WidgetState) and not _is_readable_value(sent, widget):
        del values.states[widget.id]
        st.session_state[_DROPPED] = True


def _is_readable_value(state: WidgetState, metadata: WidgetMetadata[Any]) -> bool:
    kind = state.WhichOneof("value")
    if kind is None:  # the visitor has cleared the field
        return True
    if kind != metadata.value_type and not {kind, metadata.value_type} <= _NUMBERS:
        return False
    try:
        value = getattr(state, kind)
        metadata.deserializer(
            json.loads(value) if kind == "json_value" else getattr(value, "data", value)
        )
    except Exception:  # each widget's deserializer raises different exceptions
        return False
    return True


@_registers_replacement(
    "streamlit.runtime.state.session_state:SessionState",
    "_call_callbacks",
    "malformed values break their page, and a click may not show that comes as a live part of the page asks for itself",
    "forged",
)
def _rerun_if_several_parts_changed(call: Callable) -> Callable:
    """Rerun the whole page when a message changes several of its parts; drop forged values.

    Streamlit's page sends all widget changes of one browser task as one message, which names one
    fragment. The callbacks of all changes run, but only that fragment is drawn. So if a part
    that redraws itself requests a redraw just before a click, Streamlit processes the click but
    does not draw its result; here, the whole page is rerun. A click sent together with a redraw at
    a fixed interval needs no rerun: that redraw changes no widget, and the page sends the click
    again automatically.
    """

    def call_callbacks(
        self: SessionState,
        *,
        incoming_replay_trigger_states: Any = None,
        incoming_replay_trigger_values: Any = None,
    ) -> None:
        ctx = get_script_run_ctx()
        known = self._new_widget_state.widget_metadata
        drawn = set((ctx and ctx.fragment_ids_this_run) or ())
        for widget in known.values():
            _drop_forged_value(self._new_widget_state, widget)
        changed = {
            known[name].fragment_id
            for name in (self._new_widget_state if drawn else ())
            if name in known and self._widget_changed(name)
        }
        call(
            self,
            incoming_replay_trigger_states=incoming_replay_trigger_states,
            incoming_replay_trigger_values=incoming_replay_trigger_values,
        )
        if ctx is not None and changed & drawn and changed - drawn:
            clicked = self._filter_active_trigger_widget_states(
                self._current_interaction_widget_states
            )
            raise RerunException(
                replace(self._build_full_app_rerun(ctx), replay_trigger_states=clicked)
            )

    return call_callbacks


@_registers_replacement(
    "streamlit.components.v2.bidi_component.serialization",
    "is_dataframe_like",
    "the first page imports pandas, and each of a component's lists takes Streamlit longer",
)
def _skip_table_check(is_table: Callable) -> Callable:
    """Keep Streamlit from checking whether a component's lists and dictionaries are tables.

    The check imports pandas and pyarrow, which this app does not use.
    """
    return lambda obj: not isinstance(obj, (list, dict)) and is_table(obj)


def distinct_element_ids(name: str) -> AbstractContextManager[None]:
    """Return a context manager that gives elements different ids for different names.

    The ids differ even for elements with equal keys. The browser identifies an element by its id.
    As long as the id stays the same, the browser keeps what was typed into a field or drawn on a
    canvas, and sends it with the next message, even if the script has dropped the value.
    """
    ctx = get_script_run_ctx()
    return nullcontext() if ctx is None else ctx.run_with_active_hash(name)


def was_forged_value_dropped() -> bool:
    """Return whether a forged value was dropped since the last call in this session."""
    return st.session_state.pop(_DROPPED, False)


@cache
def apply_replacements() -> None:
    """Replace the functions listed in `REPLACED`, once per process."""
    for replacement in REPLACED:
        found = replacement.prepare_replacement()
        if found is not None:
            owner, made = found
            setattr(owner, replacement.function_name, made)


@contextmanager
def temporarily_replaced(*parts: FunctionReplacement) -> Iterator[None]:
    """Replace the functions within the block; replace none if any replacement does not fit."""
    found = [
        (part.function_name, *fit)
        for part in parts
        if (fit := part.prepare_replacement()) is not None
    ]
    known = found if len(found) == len(parts) else []
    for name, owner, made in known:
        setattr(owner, name, made)
    try:
        yield
    finally:
        for name, owner, made in known:
            setattr(owner, name, vars(made)["__wrapped__"])
