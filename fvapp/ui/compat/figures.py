"""Makes Plotly figures without validation, since the tests validate all figures."""

from plotly.basedatatypes import BaseFigure


class UnvalidatedFigure(BaseFigure):
    """A Plotly figure made from a dictionary, which Streamlit sends without validating it.

    Given a dictionary, ``st.plotly_chart`` builds a validated ``Figure``, copies it and adds
    Plotly's default template, at every redraw for every visitor. Given a figure object, it only
    calls ``to_dict()``. For a chart of six lines of 300 points, this takes 1.4 ms instead of 9.5
    ms. The constructor does not call Plotly's constructor, which takes 0.7 ms even for an empty
    figure.
    """

    def __init__(self, ready: dict[str, object]) -> None:
        self._dictionary = ready

    def to_dict(self) -> dict[str, object]:
        return self._dictionary
