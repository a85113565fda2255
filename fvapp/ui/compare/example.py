"""What a comparison looks like, for who has no run yet: two of the runs that ship."""

from __future__ import annotations

import streamlit as st

from fvapp.charts.comparison import Line, curves_figure
from fvapp.core.results.comparison import changes_of_settings, difference_sentence, names_by_change
from fvapp.core.results.repeats import EPOCHS, repeats_around
from fvapp.core.settings import RunSettings
from fvapp.ui.compare.isolate import draw_curves
from fvapp.ui.visit import Visit

_FEW, _ALL = RunSettings(train_images=1_000), RunSettings()


def draw_example(visit: Visit) -> None:
    """Draw the same network after few images and after all of them, with the sentence that tells them apart."""
    t = visit.t
    names = names_by_change((_FEW, _ALL), t)
    lines = []
    for place, (name, settings) in enumerate(zip(names, (_FEW, _ALL), strict=True)):
        (one, *_), *_ = repeats_around(settings)
        lines.append(Line(name, range(1, EPOCHS + 1), one.val_accuracy, place, leads=True))
    with st.container(key="overlay"):
        st.write(t("compare.example"))
        st.text(difference_sentence(changes_of_settings(_FEW, _ALL), t))
        figure = curves_figure(lines, t("charts.val_accuracy"), t)
        draw_curves(figure, t("compare.curves_alt", runs=t("common.comma").join(names)))
