"""What a tool of Look inside says of itself."""

from collections.abc import Callable
from typing import NamedTuple

from fvapp.ui.inside.card import Card
from fvapp.ui.inside.view import Reading, View


class Tool(NamedTuple):
    """A row of the table of tools.

    Attributes:
        place: among the tools, which stand in the order of these numbers.
        draw: draws it, returns how it is read, and raises an FvappError where there is nothing to
            see.
        card: returns what its card shows, at no cost worth waiting for; raises an FvappError where
            `draw` would.
        of_text: whether it means something for text.
        live: whether there is something to see of a run that still trains.
    """

    place: int
    draw: Callable[[View], Reading | None]
    card: Callable[[View], Card]
    live: bool = False
    of_text: bool = True
