"""What a comparison looks like, for who has no run yet: two of the runs that ship."""

from __future__ import annotations

import streamlit as st

from fvapp.charts.figure import MEASURES
from fvapp.charts.overlay import OverlaidRun, overlay_figure
from fvapp.core.results.comparison import changes_of_settings, difference_sentence
from fvapp.core.results.curves import BlockPoints, Curves, EpochPoints
from fvapp.core.results.repeats import EPOCHS, repeats_around
from fvapp.core.settings import RunSettings
from fvapp.core.wording import Translate
from fvapp.ui.parts.charts import draw_pair
from fvapp.ui.visit import Visit

_FEW, _ALL = RunSettings(train_images=1_000), RunSettings()


def draw_example(visit: Visit) -> None:
    """Draw the same network after few images and after all of them, with the sentence that tells them apart."""
    t = visit.t
    runs = [_run(number, settings, t) for number, settings in enumerate((_FEW, _ALL), start=1)]
    names = t("common.comma").join(run.title for run in runs)
    with st.container(key="overlay"):
        st.write(t("compare.example"))
        st.text(difference_sentence(changes_of_settings(_FEW, _ALL), t))
        figures = [overlay_figure(runs, t, measure=measure) for measure in MEASURES]
        draw_pair("example", figures, lambda measure: t(f"compare.overlay_alt_{measure}", runs=names))
        st.caption(t("compare.example_key"))


def _run(number: int, settings: RunSettings, t: Translate) -> OverlaidRun:
    (one, *_), *_ = repeats_around(settings)
    images = t(f"settings.train_images.choices.{'all' if settings.train_images is None else settings.train_images}")
    points = EpochPoints(
        tuple(range(1, EPOCHS + 1)), one.loss, one.accuracy, one.val_loss, one.val_accuracy, (None,) * EPOCHS
    )
    title = t("settings.train_images.short", value=images)
    return OverlaidRun(number, title, Curves(BlockPoints(), points))
