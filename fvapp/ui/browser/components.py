"""Makes the app's Streamlit components, each from the script beside its Python file."""

from base64 import b64encode
from pathlib import Path

import numpy as np
import streamlit as st

from fvapp.core.export.scripts import read_page_files

_SHARED = Path(__file__).with_name("shared")


def make_component(file: str, before: str = "", style: str = ""):
    """Return the Streamlit component whose script and style sheet are next to a Python file.

    Streamlit accepts only one script and one style sheet, so both begin with the code that all
    components share.

    Args:
        before: JavaScript for the top of the script.
        style: CSS for the top of the style sheet.
    """
    name = Path(file)
    if name.with_suffix(".css").exists():
        style += _read_component_script(name, ".css")
    css = _read_component_script(_SHARED, ".css") + style if style else None
    script = (
        read_page_files("elements.js")
        + before
        + _read_component_script(_SHARED, ".js")
        + _read_component_script(name, ".js")
    )
    return st.components.v2.component(f"fvapp.{name.stem}", js=script, css=css)


def _read_component_script(file: Path, kind: str) -> str:
    return file.with_suffix(kind).read_text(encoding="utf-8")


def array_base64(array: np.ndarray) -> str:
    """Return an array's bytes in base64; the JavaScript function `decoded` restores the array."""
    return b64encode(np.ascontiguousarray(array).tobytes()).decode()
