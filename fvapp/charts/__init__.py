"""Charts: functions from data to a Plotly figure. Only this package imports Plotly; colours stand
in `colours`.
"""
