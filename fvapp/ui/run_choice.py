"""A list from which one run is chosen, or one of a few things beside runs; the choice stays while labels change."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def draw_run_choice(label: str, words: Mapping[str, str], kept: str, default: str, **options: object) -> str:
    """Draw a list and return what is chosen.

    The browser says what is chosen by the label it shows. Sent close upon a change of the labels, that is one of
    before, which Streamlit takes for a choice of something unknown: then what was chosen stays.

    Args:
        words: label of each choice, by its id; each a different one.
        kept: name of the session's entry for the chosen id, which a page may set too.
        default: what counts while nothing of `words` is chosen.
        options: for ``st.selectbox``.
    """
    chosen = st.session_state.get(kept)
    if chosen not in words:
        chosen = default
    key = f"{kept}_choice"
    st.session_state[key] = chosen
    st.selectbox(label, list(words), format_func=words.get, key=key, on_change=_keep, args=(kept, words), **options)
    return chosen


def _keep(kept: str, words: Mapping[str, str]) -> None:
    chosen = st.session_state[f"{kept}_choice"]
    if chosen in words:
        st.session_state[kept] = chosen
