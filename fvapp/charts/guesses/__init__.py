"""Draws a small picture for each prediction in a mission, in the colour of the text."""

from functools import cache
from urllib.parse import quote

from fvapp.core.templates import render_template


@cache
def prediction_picture_url(claim: str, outcome: str) -> str | None:
    """Return the picture for a prediction, as a data URL of an SVG for CSS; None without a picture.

    A prediction about a claim for which no pictures were made gets a general picture.

    Args:
        claim: the id of the mission that makes the claim, or an id such as ``neurons.doubling`` for
            a mission's second claim.
    """
    own = claim.replace(".", "_")
    svg = _render_guess_svg(
        f"{own}_{outcome}" if "class=" in _render_guess_svg(f"{own}_held") else outcome
    )
    return f"data:image/svg+xml,{quote(svg)}" if "class=" in svg else None


def _render_guess_svg(name: str) -> str:
    return render_template(__name__, "guesses.svg", name=name)
