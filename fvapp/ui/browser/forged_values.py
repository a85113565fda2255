"""Values of widgets that no browser of ours would send: dropped where they arrive, with one sentence.

Streamlit hands whatever a message holds to the widget's own code, which fails in a dozen ways, each a traceback in the
log: text for a number, broken JSON for a component. Here a value counts only if it is of its widget's kind and the
widget can read it; else the widget has the value it begins with.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.common import WidgetMetadata, unpack_widget_state_value
from streamlit.runtime.state.session_state import Serialized, WStates

_DROPPED = "forged_value_dropped"
_NUMBERS = {"int_value", "double_value"}  # a field says that it holds the one, and its browser sends the other


def drop_forged_values() -> None:
    """Have Streamlit drop them, from now on and in every session; called again it does nothing."""
    if WStates.set_widget_from_proto is _take_state:
        return
    # A value comes before its widget is known, where a browser that lost its session comes back, or after it.
    WStates.set_widget_from_proto, WStates.set_widget_metadata = _take_state, _take_metadata


def was_value_dropped() -> bool:
    """Return whether one was dropped since this was last asked in this session."""
    return st.session_state.pop(_DROPPED, False)


def _take_state(self: WStates, state: WidgetState) -> None:
    metadata = self.widget_metadata.get(state.id)
    if metadata is None or _is_understood(state, metadata):
        self[state.id] = Serialized(state)
    else:
        st.session_state[_DROPPED] = True


def _take_metadata(self: WStates, metadata: WidgetMetadata[Any]) -> None:
    state = self.states.get(metadata.id)
    if isinstance(state, Serialized) and not _is_understood(state.value, metadata):
        del self.states[metadata.id]
        st.session_state[_DROPPED] = True
    if metadata.value_type is None:  # of a widget that was cleared Streamlit forgets which kind it is of
        metadata = replace(metadata, value_type=self.widget_metadata[metadata.id].value_type)
    self.widget_metadata[metadata.id] = metadata


def _is_understood(state: WidgetState, metadata: WidgetMetadata[Any]) -> bool:
    kind = state.WhichOneof("value")
    if kind is None:  # cleared
        return True
    if kind != metadata.value_type and not {kind, metadata.value_type} <= _NUMBERS:
        return False
    try:
        metadata.deserializer(unpack_widget_state_value(state))
    except Exception:  # each widget's reader fails in its own ways
        return False
    return True
