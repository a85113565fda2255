"""Figures as Plotly itself validates them."""

import plotly.graph_objects as go

from fvapp.charts.figure import PlotlyFigure


def drawn(figure: PlotlyFigure) -> go.Figure:
    return go.Figure(figure.to_dict())
