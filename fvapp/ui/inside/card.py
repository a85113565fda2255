"""A tool's card: its pictures as HTML, and what is said of them."""

from collections.abc import Callable, Mapping
from html import escape

import numpy as np

from fvapp.charts.images import png_address, signed_pixels
from fvapp.core.errors import FvappError
from fvapp.core.templates import render
from fvapp.ui.inside.shown import draw_html
from fvapp.ui.inside.view import View

Card = tuple[list[str], str]
"""Pictures as HTML, and a sentence."""


def draw_cards(
    view: View, cards: Mapping[str, Callable[[View], Card]], opens: Callable[[str], None]
) -> None:
    """Draw a card for each tool.

    Args:
        cards: of each tool, by its name.
        opens: called with the name of the one that is chosen.
    """

    def draw(card: Callable[[View], Card]) -> Card:
        try:
            return card(view)
        except FvappError as error:  # which opening it would only say then
            return [grey(view.image)], error.sentence(view.visit.t)

    shown = {name: draw(card) for name, card in cards.items()}
    html = render(__package__, "cards.html", t=view.visit.t, cards=shown)
    draw_html(html, "cards", lambda name: opens(name) if name in cards else None)


def grey(image: np.ndarray, badge: str = "") -> str:
    """Return a picture of grey values, with a word on it."""
    return picture(np.asarray(image), badge)


def signed_picture(values: np.ndarray, under: np.ndarray | None = None) -> str:
    """Return a picture of values above and below 0, over a pale image where there is one."""
    return picture(signed_pixels(values, under), kind="signed")


def picture(pixels: np.ndarray, badge: str = "", kind: str = "") -> str:
    """Return pixels as HTML, in a frame of a kind that the style sheet has."""
    mark = f"<b>{escape(badge)}</b>" if badge else ""
    return f'<span class="{kind}"><img src="{png_address(pixels)}" alt="">{mark}</span>'
