"""One curve alone while one points at it or has tapped on it: Plotly says which is the nearest, and fades none."""

from __future__ import annotations

from fvapp.charts.figure import ReadyFigure
from fvapp.ui.browser.components import make_component
from fvapp.ui.parts.charts import draw_chart

_component = make_component(__file__)


def draw_curves(figure: ReadyFigure, alt: str) -> None:
    """Draw a figure of which each curve stands alone while it is pointed at."""
    draw_chart(figure, "curves_chart", alt)
    _component(key="isolate_curves", height=1)
