"""Contains the common parts of all figures: the Plotly figure, axes, margins and escaped names."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Literal
from unicodedata import east_asian_width

from fvapp.core.colours import GRID, NONE, QUIET
from fvapp.core.results.chance import wilson_interval

Spec = Mapping[str, object]
Measure = Literal["loss", "accuracy"]
MEASURES: tuple[Measure, ...] = ("loss", "accuracy")

# The names of a horizontal legend start at the top edge, without a gap between their rows.
_LEGEND: Spec = {
    "orientation": "h",
    "x": 0,
    "y": 1,
    "yref": "container",
    "yanchor": "top",
    "tracegroupgap": 0,
}

_EM = 12.5  # width of a Chinese character, in pixels
_LETTER = 6.5  # mean width of a bold Latin letter, in pixels
_STANDOFF = 6  # gap between a name and its row of the chart, in pixels
_TICK = 9  # tick length in pixels; Plotly adds it to the gap between an axis and its labels


class PlotlyFigure:
    """A figure as data for Plotly's JavaScript; only tests validate it with Plotly for Python.

    Attributes:
        height: the figure's height in pixels, which a page reserves before the browser draws the
            figure.
    """

    def __init__(
        self,
        data: Sequence[Spec],
        *,
        height: int,
        margin: tuple[float, float, float, float] = (48, 12, 56, 52),
        **layout: object,
    ) -> None:
        """Combine the common layout with `layout`. Streamlit's theme sets the colour of text.

        Args:
            margin: left, right, top and bottom margin, in pixels.
        """
        usual: dict[str, object] = {
            "template": {"layout": {}},  # Streamlit's theme fills in the empty template
            "height": height,
            # Lines that somebody hid in the legend stay hidden across redraws.
            "uirevision": "kept",
            "showlegend": False,
            "paper_bgcolor": NONE,
            "plot_bgcolor": NONE,
            "margin": dict(zip("lrtb", margin, strict=True)),
            "hovermode": "closest",
            # If dragging were on, Plotly would capture every touch, and a swipe that starts on a
            # chart would not scroll the page.
            "dragmode": False,
            "barcornerradius": 4,
            "legend": _LEGEND,
        }
        self.height = height
        self._figure_dict: dict[str, object] = {"data": list(data), "layout": {**usual, **layout}}

    def to_dict(self) -> dict[str, object]:
        return self._figure_dict


def make_axis(title: str = "", **more: object) -> dict[str, object]:
    """Return an axis with light grid lines and a fixed size, so that the plot does not shift."""
    return {
        "title": {"text": title, "standoff": 12},
        "gridcolor": GRID,
        "zeroline": False,
        "automargin": False,
        "fixedrange": True,  # scrolling the page with a finger must not zoom the chart
        **more,
    }


def make_rows_axis(names: Sequence[str], **more: object) -> dict[str, object]:
    """Return a vertical axis with a name for each row, the first row at the top."""
    n = len(names)
    usual = {
        "range": [n - 0.5, -0.5],
        "tickvals": list(range(n)),
        "ticktext": list(names),
        "ticklabelstandoff": _STANDOFF,
        "automargin": True,
        "showgrid": False,
    }
    return make_axis() | usual | more


def name_width_pixels(names: Sequence[str]) -> int:
    """Return a width in pixels that is sufficient for names beside an axis.

    If Plotly measured the names itself, it would draw the figure twice.
    """
    letters = (
        sum(_EM if east_asian_width(letter) in "WF" else _LETTER for letter in name)
        for name in names
    )
    return _STANDOFF + _TICK + round(max(letters, default=0))


def horizontal_bars(
    values: Sequence[float], texts: Sequence[str], names: Sequence[str], **more: object
) -> dict[str, object]:
    """Return a trace of horizontal bars, each with a text at its end and a name on hover."""
    return {
        "type": "bar",
        "orientation": "h",
        "x": list(values),
        # Bars are placed by index instead of name, because two classes may have the same name.
        "y": list(range(len(values))),
        "text": list(texts),
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": [escape_labels(name) for name in names],
        "hovertemplate": "%{customdata}: %{x:.2%}<extra></extra>",
        **more,
    }


def scatter_trace(
    x: Iterable[object], y: Iterable[object], mode: str, **more: object
) -> dict[str, object]:
    """Return a trace with points, lines between points, or text, depending on `mode`."""
    return {"type": "scatter", "mode": mode, "x": list(x), "y": list(y), **more}


def confidence_whiskers(counts: Iterable[tuple[float, int]]) -> dict[str, object]:
    """Return error bars that show the confidence interval of each accuracy.

    Args:
        counts: for each accuracy, the numbers of correctly classified images and of all images.
            Without images, the error bar has no length.
    """
    ends = [
        (right / images, *wilson_interval(right, images)) if images else (0, 0, 0)
        for right, images in counts
    ]
    return {
        "type": "data",
        "symmetric": False,
        "color": QUIET,
        "thickness": 2,
        "width": 5,
        "array": [high - share for share, _, high in ends],
        "arrayminus": [share - low for share, low, _ in ends],
    }


def vertical_line(place: float, dash: str, width: float) -> dict[str, object]:
    """Return the shape of an unobtrusive vertical line from the bottom of a plot to its top."""
    return {
        "type": "line",
        "x0": place,
        "x1": place,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": QUIET, "width": width, "dash": dash},
    }


def horizontal_line(height: float) -> dict[str, object]:
    """Return the shape of an unobtrusive dashed line across a plot, from left to right."""
    line = {"color": QUIET, "width": 1.5, "dash": "dash"}
    return {
        "type": "line",
        "x0": 0,
        "x1": 1,
        "xref": "paper",
        "y0": height,
        "y1": height,
        "line": line,
    }


def text_annotation(text: str, x: float, y: float, **more: object) -> dict[str, object]:
    """Return a text annotation without an arrow. `text` may contain HTML tags."""
    return {"text": text, "x": x, "y": y, "showarrow": False, **more}


def annotation_above_plot(text: str, x: float, **more: object) -> dict[str, object]:
    """Return a text annotation above the plot."""
    return text_annotation(escape_labels(text), x, 1, yref="paper", yanchor="bottom", **more)


def plot_heading(text: str) -> dict[str, object]:
    """Return the heading of a plot, which stands above its top left corner."""
    corner = annotation_above_plot(text, 0.0, xref="paper", xanchor="left")
    # The heading is moved up, because otherwise it would touch the topmost number of the axis.
    return {**corner, "text": f"<b>{corner['text']}</b>", "yshift": 8}


def escape_labels(text: str) -> str:
    """Return text escaped for Plotly, because Plotly's labels interpret HTML tags, even links."""
    return escape(text, quote=False)
