"""The handful of CSS lines that theme options and layout containers cannot say; a file for the frame and each page."""

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


def page_style() -> str:
    """Return the app's CSS as the page is served with it: what is drawn first stands in its place at once.

    It goes behind the head, where Streamlit's page adds its own rules as it draws.
    """
    chosen = "".join(f"--{name}:light-dark({','.join(pair)});" for name, pair in _pairs().items())
    return (
        f"<style>:root{{{_colours()}{_CARDS}}}@media (prefers-color-scheme: dark){{:root{{{_colours(dark=True)}}}}}"
        f"@supports (color: light-dark(red, red)){{.stApp{{{chosen}}}}}{_CSS}</style>"
    )


def apply_style(t: Translator, is_served: bool) -> None:
    """Say which theme and language the page is in: browsers choose fonts and voices by the latter.

    The server knows the theme of the last script run; within the app the browser itself chooses, as soon as it changes.

    Args:
        is_served: whether the page came with `page_style`; a host that runs ``app.py`` by itself has its own page.
    """
    script = f"document.documentElement.lang = '{t('language.tag')}'"
    style = f"{'' if is_served else page_style()}<style>:root{{{_colours(st.context.theme.type == 'dark')}}}</style>"
    with st.container(key="page_style", height=1, border=False):  # of a height before the style comes
        st.html(_Html(f"{style}<script>{script}</script>"), unsafe_allow_javascript=True)


class _Html(str):
    """Markup that Streamlit passes on unchanged; dedenting a plain string takes a twentieth of a first page's time."""

    def _repr_html_(self) -> str:
        return self


@cache
def _pairs() -> dict[str, tuple[str, str]]:
    """Return each colour in light and dark."""
    modes = ("light", "dark")
    pairs = {
        name: tuple(st.get_option(f"theme.{mode}.{option}") for mode in modes) for name, option in _COLOURS.items()
    }
    # White on the light blue of the dark theme would have a contrast of 2.7 to 1; this has 6.6.
    return pairs | {"on-action": ("#FFFFFF", "#10141A")}


def _colours(dark: bool = False) -> str:
    return "".join(f"--{name}:{pair[dark]};" for name, pair in _pairs().items())
