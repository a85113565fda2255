"""A small picture for each prediction of a mission, in the colour of the text."""

from functools import cache
from urllib.parse import quote

from fvapp.core.templates import render_template


@cache
def guess_picture(claim: str, outcome: str) -> str | None:
    """Return the picture of a prediction as a data URL of an SVG for CSS; None if it has none.

    A claim without its own pictures gets the usual pictures of the outcomes.

    Args:
        claim: a mission's id; for its second claim, an id such as ``neurons.doubling``.
    """
    own = claim.replace(".", "_")
    svg = _render_guess_svg(
        f"{own}_{outcome}" if "class=" in _render_guess_svg(f"{own}_held") else outcome
    )
    return f"data:image/svg+xml,{quote(svg)}" if "class=" in svg else None


def _render_guess_svg(name: str) -> str:
    return render_template(__name__, "guesses.svg", name=name)
