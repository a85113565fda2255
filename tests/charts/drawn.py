"""A helper that has Plotly itself validate a figure."""

import plotly.graph_objects as go

from fvapp.charts.figure import PlotlyFigure


def drawn(figure: PlotlyFigure) -> go.Figure:
    return go.Figure(figure.to_dict())
