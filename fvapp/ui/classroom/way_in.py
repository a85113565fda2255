"""Draws how students join a class: the address, the class code, and a QR code with both."""

from urllib.parse import urlencode

import streamlit as st

from fvapp.core.classroom import Classroom
from fvapp.core.templates import render_template
from fvapp.i18n import Translator
from fvapp.ui.browser import qr_code_html
from fvapp.ui.parts import app_address, is_only_here


def draw_how_to_join(room: Classroom, here: int, t: Translator) -> None:
    """Draw how to join a class, in two containers that the style sheet puts side by side.

    Args:
        here: number of students who have a page of the app open.
    """
    address = app_address()
    with st.container(key="projector_join"):
        st.html(
            render_template(
                __package__,
                "join.html",
                t=t,
                room=room,
                where=address.partition("://")[2] + "/class",
                here=here,
                only_here=is_only_here(address),
            )
        )
    with st.container(key="class_qr", width="content"):
        st.html(
            qr_code_html(
                f"{address}/class?{urlencode({'code': room.class_link_code, 'lang': room.language})}"
            )
        )
