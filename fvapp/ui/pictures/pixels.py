"""The numbers of an image, all in view at any width; a tap or Enter enlarges small ones."""

import numpy as np
import streamlit as st

from fvapp.charts.pixels import pixel_table
from fvapp.i18n import Translator

# This script runs once a page and serves later tables, too: each new image makes a new table.
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
    """Draw the numbers of an image.

    Args:
        label: says what the numbers are, for screen readers.
        divisor: number by which each is divided.
    """
    st.html(
        pixel_table(image, label, t("data.enlarge"), divisor) + _SCRIPT,
        unsafe_allow_javascript=True,
    )
