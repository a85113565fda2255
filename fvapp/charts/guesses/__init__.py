"""A small picture for each prediction of a mission, to be filled with the colour of the text: a
template with all.
"""

from functools import cache
from urllib.parse import quote

from fvapp.core.templates import render


@cache
def guess_picture(claim: str, outcome: str) -> str | None:
    """Return the picture as the address of an SVG, for CSS; None where a guess has none.

    A claim without pictures of its own has those of the outcomes.

    Args:
        claim: a mission's id, or with its second claim as in ``neurons.doubling``.
    """
    own = claim.replace(".", "_")
    svg = _draw(f"{own}_{outcome}" if "class=" in _draw(f"{own}_held") else outcome)
    return f"data:image/svg+xml,{quote(svg)}" if "class=" in svg else None


def _draw(name: str) -> str:
    return render(__name__, "guesses.svg", name=name)
