"""Draws the whole glossary, or some of its words, each with an explanation and a picture."""

from collections.abc import Sequence

import streamlit as st

from fvapp.charts.glossary import glossary_picture
from fvapp.core.glossary import WORDS, glossary_link
from fvapp.i18n import Translator
from fvapp.ui.parts.charts import draw_svg

_COLUMNS = 3


def draw_glossary(t: Translator, wanted: str | None) -> None:
    """Draw all words of the glossary.

    Args:
        wanted: the word named in the page's address, drawn first, separately from the others; None
            for no word.
    """
    with st.container(key="glossary"):
        if wanted in WORDS:
            with st.container(border=True, key="glossary_wanted"):
                draw_glossary_word(t, wanted)
        words = [word for word in WORDS if word != wanted]
        for first in range(0, len(words), _COLUMNS):
            columns = st.columns(_COLUMNS, gap="large")
            for word, column in zip(words[first : first + _COLUMNS], columns, strict=False):
                with column:
                    draw_glossary_word(t, word)


def draw_word_popovers(t: Translator, words: Sequence[str], key: str) -> None:
    """Draw a row of glossary words, each of which opens its explanation in a popover.

    Args:
        key: key of the container with the row.
    """
    with st.container(horizontal=True, key=key):
        for word in words:
            with st.popover(t(f"glossary.{word}.name"), type="tertiary", key=f"word_{word}"):
                draw_glossary_word(t, word)


def help_with_glossary_link(t: Translator, word: str, text: str = "") -> str:
    """Return a widget's help text: `text`, followed by a link to a word in the glossary."""
    see = t("glossary.page.see", word=t(f"glossary.{word}.name"), link=glossary_link(word))
    return f"{text}  \n{see}" if text else see


def draw_glossary_word(t: Translator, word: str) -> None:
    """Draw a glossary word: its picture, name and explanation."""
    draw_svg(glossary_picture(word, t), key=f"picture_{word}")
    st.markdown(f"**{t(f'glossary.{word}.name')}**")
    st.markdown(t(f"glossary.{word}.text"))
