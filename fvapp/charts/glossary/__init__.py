"""A picture for each glossary word, as SVG in the colour of the text: one template each."""

from fvapp.core import colours
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate


def glossary_picture(word: str, t: Translate) -> str:
    """Draw the picture of the glossary word `word`.

    Returns:
        an ``<svg>`` element that scales with its column and is described in words.
    """
    return render_template(__name__, "frame.svg", word=word, t=t, colours=colours)
