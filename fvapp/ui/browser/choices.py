"""Draws select boxes whose labels may change while shown, for example with the language.

Streamlit's page reports a choice by its label, not its value (streamlit/streamlit#8008, #11268). So
an old label that arrives after the labels have changed is ignored.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Literal, TypeVar

import streamlit as st

Choice = TypeVar("Choice")


def choice_callback(
    key: str, choices: Collection[Choice], then: Callable[[Choice], object]
) -> Callable[[], None]:
    """Return a callback for a select box that calls `then` with the visitor's choice.

    The browser reports a choice by its label. Just after the labels have changed, it may report an
    old label, which Streamlit takes for an unknown option and this callback ignores.
    """

    def call_with_choice() -> None:
        choice = st.session_state.get(key)  # None if the widget no longer exists
        if choice is not None and choice in choices:
            then(choice)

    return call_with_choice


def draw_select(
    widget: Callable[..., object],
    label: str,
    words: Mapping[Choice, str],
    key: str,
    held: Choice | None,
    then: Callable[[Choice], object],
    **options: object,
) -> None:
    """Draw a select widget that always shows the app's own value, whatever the browser holds.

    Args:
        widget: function that draws the widget, such as ``st.selectbox``.
        words: label of each choice.
        held: the value that the app has stored for the choice.
        then: called with the visitor's choice.
        options: passed to the widget.
    """
    st.session_state[key] = held
    widget(
        label,
        words,
        format_func=words.__getitem__,
        key=key,
        on_change=choice_callback(key, words, then),
        **options,
    )


def draw_segmented_control(
    label: str,
    words: Mapping[Choice, str],
    key: str,
    default: Choice | None = None,
    on_change: Callable[[], None] | None = None,
    persist_state: Literal["page", "session"] | None = None,
    label_visibility: Literal["visible", "collapsed"] = "collapsed",
) -> Choice:
    """Draw a row of choices, one of them always selected; return the selected choice.

    Args:
        label: label of the row, for screen readers.
        words: label of each choice.
        default: the choice that is selected initially; None for the first choice.
        on_change, persist_state, label_visibility: as for ``st.segmented_control``.
    """
    default = next(iter(words)) if default is None else default
    chosen = st.segmented_control(
        label,
        words,
        format_func=words.__getitem__,
        default=default,
        key=key,
        required=True,
        wrap=True,
        label_visibility=label_visibility,
        on_change=on_change,
        persist_state=persist_state,
    )
    return default if chosen is None else chosen  # None comes only from a forged message


def draw_run_choice(
    label: str, words: Mapping[str, str], kept: str, default: str, **options: object
) -> str:
    """Draw a select box of runs, possibly with other choices; return the id of the chosen entry.

    Args:
        words: label of each choice, by its id; all different.
        kept: session key of the chosen id, which a page may set too.
        default: id used while none of `words` is chosen.
        options: passed to ``st.selectbox``.
    """
    state = st.session_state
    name = f"{kept}_choice"
    listed = f"{kept}_listed"
    chosen = state[kept] if state.get(kept) in words else default
    number, before = state.get(listed, (0, chosen))
    # After the page has changed the choice, the browser still sends the earlier choice until it
    # learns of the change. A new number gives the select box a new key, so that such late messages
    # belong to a select box that no longer exists.
    number += chosen != before
    state[listed] = (number, chosen)

    def choose_run(run_id: str) -> None:
        if state[listed][0] == number:
            state.update({kept: run_id, listed: (number, run_id)})

    with st.container(key=name):
        draw_select(st.selectbox, label, words, f"{name}_{number}", chosen, choose_run, **options)
    return chosen
