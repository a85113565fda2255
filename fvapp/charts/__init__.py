"""Draws charts: each function turns data into a Plotly figure or an SVG.

Colours are in `fvapp.core.colours`.
"""
