"""How our components are built: their scripts and styles, and arrays as base64 text for the JSON they receive."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import numpy as np
import streamlit as st

_SHARED = Path(__file__).with_name("shared.js")


def make_component(file: Path):
    """Return the component whose script is beside a Python file of the same name, and its style too.

    Streamlit takes a script as one text, so what scripts share goes before each.
    """
    script, style = (file.with_suffix(kind).read_text(encoding="utf-8") for kind in (".js", ".css"))
    return st.components.v2.component(f"fvapp.{file.stem}", js=_SHARED.read_text(encoding="utf-8") + script, css=style)


def as_text(array: np.ndarray) -> str:
    """Return the bytes of an array in base64; `decoded` in the browser makes an array of them."""
    return b64encode(np.ascontiguousarray(array).tobytes()).decode()
