"""Draws an image's pixel values as a table that fits the page; a tap or Enter enlarges it."""

import numpy as np
import streamlit as st

from fvapp.charts.pixels import pixel_table
from fvapp.i18n import Translator

# The script adds its event listeners to a page only once; they also handle tables drawn later.
_SCRIPT = """
<script>
if (!window.fvappPixels) {
  window.fvappPixels = true;
  const turn = (event) => {
    const grid = event.target.closest?.(".fvapp-pixels > div");
    if (!grid || (event.type === "keydown" && event.key !== "Enter")) return;
    const near = grid.classList.toggle("near");
    if (near) event.target.closest("td")?.scrollIntoView({ block: "center", inline: "center" });
  };
  document.addEventListener("click", turn);
  document.addEventListener("keydown", turn);
}
</script>
"""


def draw_pixel_numbers(t: Translator, image: np.ndarray, label: str, divisor: int = 1) -> None:
    """Draw the pixel values of an image as numbers.

    Args:
        label: describes the numbers for screen readers.
        divisor: number by which each pixel value is divided.
    """
    st.html(
        pixel_table(image, label, t("data.enlarge"), divisor) + _SCRIPT,
        unsafe_allow_javascript=True,
    )
