"""A small picture for each prediction of a mission, to be filled with the colour of the text: a template with all."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from fvapp.core.documents.templates import environment


@cache
def guess_picture(claim: str, outcome: str) -> str | None:
    """Return the picture as the address of an SVG, for CSS; None where a guess has none.

    Args:
        claim: a mission's id, or with its second claim as in ``neurons.doubling``.
    """
    name = f"{claim.replace('.', '_')}_{outcome}"
    svg = environment(__name__).get_template("guesses.svg").render(name=name)
    return f"data:image/svg+xml,{quote(svg)}" if "class=" in svg else None
