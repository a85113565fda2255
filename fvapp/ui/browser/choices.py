"""Lists to choose from, whose labels change while somebody looks: with the language, with the state
of a run.

Streamlit's browser says what is chosen by its label (streamlit/streamlit#8008, #11268). Until it
says so by value, a label that comes late belongs to a list that is gone.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

import streamlit as st

Choice = TypeVar("Choice")


def when_chosen(
    key: str, choices: Collection[Choice], then: Callable[[Choice], object]
) -> Callable[[], None]:
    """Return the callback of a list: it calls `then` with what was chosen.

    The browser says what is chosen by the label it shows. Sent close upon a change of the labels,
    that is one of before, which Streamlit takes for a choice of something unknown: that is no
    choice.
    """

    def changed() -> None:
        choice = st.session_state.get(key)  # it may be gone since
        if choice in choices:
            then(choice)

    return changed


def draw_held(
    widget: Callable[..., object],
    label: str,
    words: Mapping[Choice, str],
    key: str,
    held: Choice | None,
    then: Callable[[Choice], object],
    **options: object,
) -> None:
    """Draw a choice that always shows the app's own value, whatever was selected in the browser.

    Args:
        widget: such as ``st.selectbox``.
        words: label of each choice.
        held: the value.
        then: called with what the visitor chooses.
        options: for the widget.
    """
    st.session_state[key] = held
    widget(
        label,
        list(words),
        format_func=words.get,
        key=key,
        on_change=when_chosen(key, words, then),
        **options,
    )


def draw_segments(
    label: str,
    words: Mapping[Choice, str],
    key: str,
    default: Choice | None = None,
    **options: object,
) -> Choice:
    """Draw choices beside each other, of which one is always chosen; return it.

    Args:
        label: of all of them, read aloud.
        words: label of each choice.
        default: is chosen at first; None: the first one.
        options: for ``st.segmented_control``.
    """
    default = next(iter(words)) if default is None else default
    usual = {"required": True, "wrap": True, "label_visibility": "collapsed", **options}
    chosen = st.segmented_control(
        label, list(words), format_func=words.get, default=default, key=key, **usual
    )
    return default if chosen is None else chosen  # only a forged message chooses nothing


def draw_run_choice(
    label: str, words: Mapping[str, str], kept: str, default: str, **options: object
) -> str:
    """Draw a list of runs, and perhaps of a few things beside them; return the id of what is
    chosen.

    Args:
        words: label of each choice, by its id; each a different one.
        kept: name of the session's entry for the chosen id, which a page may set too.
        default: what counts while nothing of `words` is chosen.
        options: for ``st.selectbox``.
    """
    state = st.session_state
    name = f"{kept}_choice"
    listed = f"{kept}_listed"
    chosen = state[kept] if state.get(kept) in words else default
    number, before = state.get(listed, (0, chosen))
    # The page has chosen, not the visitor. Until the browser hears of it, its messages still hold
    # the earlier choice and look as if the visitor had just made it. The number makes them belong
    # to a list that no longer exists.
    number += chosen != before
    state[listed] = (number, chosen)

    def choose(run_id: str) -> None:
        if state[listed][0] == number:
            state.update({kept: run_id, listed: (number, run_id)})

    with st.container(key=name):
        draw_held(st.selectbox, label, words, f"{name}_{number}", chosen, choose, **options)
    return chosen
