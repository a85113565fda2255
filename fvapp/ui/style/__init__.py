"""The handful of CSS lines that theme options and layout containers cannot say; a file for the frame and each page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import streamlit as st

from fvapp.charts.cards import card_pictures
from fvapp.i18n import Translator

# In the order of their names, which is no order that a rule may count on.
_CSS = "".join(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.css")))


# What a rule calls a colour of the theme: an option of it.
_COLOURS = {
    "paper": "backgroundColor",
    "shade": "secondaryBackgroundColor",
    "ink": "textColor",
    "edge": "borderColor",
    "action": "primaryColor",
    "link": "linkColor",
}

_CARDS = "".join(f'--card-{name}:url("data:image/svg+xml,{quote(svg)}");' for name, svg in card_pictures().items())

# White on the light blue of the dark theme would have a contrast of 2.7 to 1; this has 6.6.
_DARK_CSS = '[data-testid="stBaseButton-primary"] { color: #10141A; }'


def apply_style(t: Translator) -> None:
    """Add the app's CSS to the page, and say which language it is in: browsers choose fonts and voices by it."""
    theme = "dark" if st.context.theme.type == "dark" else "light"
    colours = "".join(f"--{name}:{st.get_option(f'theme.{theme}.{option}')};" for name, option in _COLOURS.items())
    css = f":root{{{colours}{_CARDS}}}{_CSS}{_DARK_CSS if theme == 'dark' else ''}"
    script = f"document.documentElement.lang = '{t('language.tag')}'"
    st.html(f"<style>{css}</style><script>{script}</script>", unsafe_allow_javascript=True)
