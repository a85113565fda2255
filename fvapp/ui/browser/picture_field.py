"""A field for a picture file: Streamlit's uploader, with what it lacks.

What is too large or of another kind Streamlit refuses with a sentence that is only seen under the pointer, in English.
Phones take photos of 4 MB and more, of which the app keeps 1,024 pixels a side. So the browser makes them that small
before they are sent, and says in the visitor's language, under the field, what it cannot open.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from fvapp.core.wording import Translate

TYPES = ("png", "jpg", "jpeg", "webp", "bmp", "gif")
MOST_MEGABYTES = 2  # of what is sent
_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "fvapp.picture_field",
    js=(_FOLDER / "picture_field.js").read_text(encoding="utf-8"),
    css="""
p { margin: 0; padding: 0.75rem 1rem; border-radius: 0.4rem; font-size: 0.95rem; color: var(--st-red-text-color);
  background: var(--st-red-background-color); }
p[hidden] { display: none; }
""",
)


def draw_picture_field(t: Translate, label: str, key: str, on_change: Callable[[], None]) -> None:
    """Draw the field; what is in it is then `st.session_state[key]`, as with ``st.file_uploader``."""
    st.file_uploader(label, type=list(TYPES), max_upload_size=MOST_MEGABYTES, key=key, on_change=on_change)
    data = {
        "field": f".st-key-{key}",
        "types": [f"image/{kind}" for kind in TYPES],
        "words": {
            "choose": t("draw.field.choose"),
            "kinds": t("draw.field.kinds"),
            "too_large": t("draw.field.too_large"),
            "not_an_image": t("errors.not_an_image"),
        },
    }
    with st.container(key=f"{key}_refused"):
        _component(key=f"{key}_field", data=data)
