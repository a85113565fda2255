"""The Keras code of exactly these settings, to read and to download."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fvapp.core.export import export_name, export_notebook, export_script
from fvapp.core.lessons import run_labels
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator

_HEIGHT = 320


def draw_code(t: Translator, runs: Sequence[RunSettings], titled: bool = True) -> None:
    """Draw the script of one of `runs`, with buttons that download it as script and as notebook.

    Args:
        titled: whether it has a heading of its own.
    """
    if titled:
        title = t("lessons.page.code")
        st.subheader(title)
        st.toggle(title, key="code_unfolded")  # on a phone in place of the heading: the style hides one of the two
    with st.container(key="code"):
        settings = runs[0]
        if len(runs) > 1:
            labels = run_labels(runs, t)
            chosen = st.selectbox(
                t("lessons.page.code_run"), range(len(runs)), format_func=labels.__getitem__, key=f"code_of_{len(runs)}"
            )
            settings = runs[chosen]
        script = export_script(settings, t)
        st.code(script, language="python", height=_HEIGHT)
        name = export_name(settings)
        with st.container(horizontal=True):
            st.download_button(
                t("lessons.page.download_py"),
                script,
                f"{name}.py",
                "text/x-python",
                key="download_py",
                icon=":material/download:",
                on_click="ignore",
            )
            st.download_button(
                t("lessons.page.download_ipynb"),
                export_notebook(settings, t),
                f"{name}.ipynb",
                "application/x-ipynb+json",
                key="download_ipynb",
                icon=":material/download:",
                on_click="ignore",
            )
