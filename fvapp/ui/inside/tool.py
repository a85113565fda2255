"""Defines `InsideTool`, the description of a tool of the "Look inside" page."""

from collections.abc import Callable
from typing import NamedTuple

from fvapp.ui.inside.card import Card
from fvapp.ui.inside.view import InspectedImage, ToolExplanation


class InsideTool(NamedTuple):
    """A tool of the "Look inside" page.

    Attributes:
        position: sort key for the order of the tools on the page.
        draw_tool: draws the tool and returns its explanation, or None. It raises an FvappError if
            the tool has nothing to show.
        make_card: returns the tool's card. It must be fast, because all cards are drawn at once. It
            raises an FvappError in the same cases as `draw_tool`.
        works_in_training: whether the tool works with a network that is still training.
    """

    position: int
    draw_tool: Callable[[InspectedImage], ToolExplanation | None]
    make_card: Callable[[InspectedImage], Card]
    works_in_training: bool = False
    works_for_pictures: bool = True
    works_for_text: bool = True
