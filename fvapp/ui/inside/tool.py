"""One row of the table of tools on the Look inside page."""

from collections.abc import Callable
from typing import NamedTuple

from fvapp.ui.inside.card import Card
from fvapp.ui.inside.view import Explanation, InspectedImage


class Tool(NamedTuple):
    """A row of the table of tools.

    Attributes:
        position: sorts the tools on the page.
        draw_tool: draws the tool and returns its explanation; raises an FvappError if there is
            nothing to show.
        make_card: returns the tool's card, fast enough to draw all cards at once; raises an
            FvappError if `draw_tool` would.
        works_in_training: whether the tool works for a run that is still training.
    """

    position: int
    draw_tool: Callable[[InspectedImage], Explanation | None]
    make_card: Callable[[InspectedImage], Card]
    works_in_training: bool = False
    works_for_pictures: bool = True
    works_for_text: bool = True
