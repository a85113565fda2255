"""Draws a picture for each glossary word, as SVG in the colour of the text."""

from fvapp.core import colours
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate


def glossary_picture(word: str, t: Translate) -> str:
    """Draw the picture for the glossary word `word`.

    Returns:
        An ``<svg>`` element that scales with its column and has a description in words.
    """
    return render_template(__name__, "frame.svg", word=word, t=t, colours=colours)
