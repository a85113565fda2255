"""The teacher's page: the papers to read here, to print and to download."""

from __future__ import annotations

import streamlit as st

from fvapp.core.documents.papers import document, paper_style, teacher_page, worksheet
from fvapp.core.lessons.typical import typical_results
from fvapp.ui.visit import Visit


def draw_teacher(visit: Visit) -> None:
    """Draw the page, with its papers as downloads above it."""
    t = visit.t
    st.header(t("teacher.title"))
    st.markdown(t("teacher.intro"))
    body = teacher_page(t, typical_results())
    with st.container(horizontal=True):
        for name, content in (("worksheet", worksheet(t)), ("papers", body)):
            title = t("teacher.worksheet" if name == "worksheet" else "teacher.title")
            st.download_button(
                t(f"teacher.{name}_button"),
                document(title, content, t),
                t(f"teacher.{name}_file"),
                "text/html",
                key=f"download_{name}",
                icon=":material/download:",
                on_click="ignore",
            )
    st.caption(t("teacher.print_hint"))
    st.html(f'<style>{paper_style(t)}</style><div class="fvapp-paper">{body}</div>')
