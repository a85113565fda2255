"""Draws an image of a data set; an image of text has a letter beside each row."""

import numpy as np
import streamlit as st

from fvapp.charts.images import png_data_url
from fvapp.core.datasets import characters_by_row, image_text_lines
from fvapp.core.templates import render_template


def draw_picture(image: np.ndarray, dataset: str, width: int, alt: str) -> None:
    """Draw an image of a data set.

    Args:
        image: the image, uint8 [28, 28].
        width: width of the image, in CSS pixels.
        alt: description for screen readers, which also read the text below an image of text.
    """
    rows = characters_by_row(image, dataset)
    if not rows:
        st.image(image, width=width, alt=alt, output_format="PNG")
        return
    (line,) = image_text_lines([image], dataset)
    st.html(
        render_template(
            "fvapp.ui.pictures",
            "letters.html",
            image=png_data_url(np.asarray(image)),
            alt=alt,
            rows=rows,
            line=line,
            width=width,
        )
    )
