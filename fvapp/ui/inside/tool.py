"""One row of the table of tools on the Look inside page."""

from collections.abc import Callable
from typing import NamedTuple

from fvapp.ui.inside.card import Card
from fvapp.ui.inside.view import Explanation, View


class Tool(NamedTuple):
    """A row of the table of tools.

    Attributes:
        position: sorts the tools on the page.
        draw: draws the tool and returns its explanation; raises an FvappError if there is nothing
            to show.
        card: returns the tool's card, fast enough to draw all cards at once; raises an FvappError
            if `draw` would.
        of_pictures, of_text: whether the tool makes sense for pictures, and for text.
        works_in_training: whether the tool works for a run that is still training.
    """

    position: int
    draw: Callable[[View], Explanation | None]
    card: Callable[[View], Card]
    works_in_training: bool = False
    of_pictures: bool = True
    of_text: bool = True
