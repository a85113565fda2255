"""Draws the clickable tiles (cards) that open the tools of the "Look inside" page."""

from collections.abc import Callable, Mapping
from html import escape

import numpy as np

from fvapp.charts.images import colour_signed_values, png_data_url
from fvapp.core.datasets import image_text_lines
from fvapp.core.errors import FvappError
from fvapp.core.templates import render_template
from fvapp.ui.inside.shown import draw_html
from fvapp.ui.inside.view import InspectedImage

Card = tuple[list[str], str]
"""The content of a tool's card: pictures as HTML, and a sentence about the pictures."""

_LINE = 9  # number of characters shown from the end of a line of text


def draw_tool_cards(
    view: InspectedImage,
    cards: Mapping[str, Callable[[InspectedImage], Card]],
    opens: Callable[[str], None],
) -> None:
    """Draw a card for each tool; a click on a card opens the tool.

    Args:
        cards: the functions that make the cards, by the tools' names.
        opens: called with the name of the tool whose card was clicked.
    """

    def make_tool_card(card: Callable[[InspectedImage], Card]) -> Card:
        try:
            return card(view)
        except FvappError as error:  # the card explains why the tool has nothing to show
            return [dataset_image_html(view, view.image)], error.to_sentence(view.t)

    shown = {name: make_tool_card(card) for name, card in cards.items()}
    html = render_template(__package__, "cards.html", t=view.t, cards=shown)

    def open_tool(name: object) -> None:
        if isinstance(name, str) and name in cards:
            opens(name)

    draw_html(html, "cards", open_tool)


def dataset_image_html(view: InspectedImage, image: np.ndarray) -> str:
    """Return HTML with an image of the data set.

    Below an image that stands for text are the last characters of that text.
    """
    (line,) = image_text_lines([image], view.model.dataset)
    return framed_picture_html(image, line[-_LINE:])


def signed_picture_html(values: np.ndarray, under: np.ndarray | None = None) -> str:
    """Return HTML with a picture of signed values, over a pale copy of `under` if given."""
    return framed_picture_html(colour_signed_values(values, under), kind="signed")


def framed_picture_html(pixels: np.ndarray, badge: str = "", kind: str = "") -> str:
    """Return HTML with a picture and an optional badge; `kind` is the frame's CSS class."""
    mark = f"<b>{escape(badge)}</b>" if badge else ""
    return f'<span class="{kind}"><img src="{png_data_url(pixels)}" alt="">{mark}</span>'
