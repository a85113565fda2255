"""Charts: functions from data to a Plotly figure or SVG; colours are in `fvapp.core.colours`."""
