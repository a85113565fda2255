"""The handful of CSS lines that theme options and layout containers cannot say; a file for the frame and each page."""

from __future__ import annotations

from functools import cache
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


def apply_style(t: Translator) -> None:
    """Add the app's CSS to the page, and say which language it is in: browsers choose fonts and voices by it."""
    script = f"document.documentElement.lang = '{t('language.tag')}'"
    css = _css("dark" if st.context.theme.type == "dark" else "light")
    st.html(_Html(f"<style>{css}</style><script>{script}</script>"), unsafe_allow_javascript=True)


class _Html(str):
    """Markup that Streamlit passes on unchanged; dedenting a plain string takes a twentieth of a first page's time."""

    def _repr_html_(self) -> str:
        return self


@cache
def _css(theme: str) -> str:
    """Return all of it, with the colours as variables.

    The server knows the theme of the last script run; within the app the browser itself chooses, as soon as it changes.
    """
    both = {
        name: [st.get_option(f"theme.{each}.{option}") for each in ("light", "dark")]
        for name, option in _COLOURS.items()
    }
    # White on the light blue of the dark theme would have a contrast of 2.7 to 1; this has 6.6.
    both["on-action"] = ["#FFFFFF", "#10141A"]
    now = "".join(f"--{name}:{pair[theme == 'dark']};" for name, pair in both.items())
    chosen = "".join(f"--{name}:light-dark({','.join(pair)});" for name, pair in both.items())
    colours = f":root{{{now}}}@supports (color: light-dark(red, red)){{.stApp{{{chosen}}}}}"
    return f"{colours}:root{{{_CARDS}}}{_CSS}"
