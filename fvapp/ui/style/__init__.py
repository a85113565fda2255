"""The CSS that theme options and layout containers cannot say: variables, then a file for the frame
and each page.
"""

from functools import cache
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from fvapp.charts.cards import card_pictures
from fvapp.core.colours import css_pairs, css_variables
from fvapp.core.pixel_art import pixel_pictures
from fvapp.i18n import Translator

FONTS = Path(__file__).parent / "fonts"

# In the order of their names, which is no order that a rule may count on.
_CSS = "".join(
    path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.css"))
)

PRELOADED_FONT = (
    '<link rel="preload" href="fonts/figtree.woff2" as="font" type="font/woff2" crossorigin>'
)
"""For the head of the page: without it the font would be asked for when the first text is drawn."""


def page_style() -> str:
    """Return the app's CSS as the page is served with it: what is drawn first stands in its place
    at once.

    It goes behind the head, where Streamlit's page adds its own rules as it draws.
    """
    return (
        f"<style>:root{{{css_variables()}{_pictures()}}}"
        f"@media (prefers-color-scheme: dark){{:root{{{css_variables(dark=True)}}}}}"
        f"@supports (color: light-dark(red, red)){{.stApp{{{css_pairs()}}}}}{_cards()}{_CSS}</style>"
    )


def apply_style(t: Translator, is_served: bool) -> None:
    """Say which theme and language the page is in: browsers choose fonts and voices by the latter.

    The server knows the theme of the last script run; within the app the browser itself chooses, as
    soon as it changes.

    Args:
        is_served: whether the page came with `page_style`; a host that runs ``app.py`` by itself
            has its own page.
    """
    script = f"document.documentElement.lang = '{t('language.tag')}'"
    colours = css_variables(dark=st.context.theme.type == "dark")
    style = f"{'' if is_served else page_style()}<style>:root{{{colours}}}</style>"
    # of a height before the style comes
    with st.container(key="page_style", height=1, border=False):
        st.html(_Html(f"{style}<script>{script}</script>"), unsafe_allow_javascript=True)


class _Html(str):
    """Markup that Streamlit passes on unchanged; dedenting a plain string takes a twentieth of a
    first page's time.
    """

    def _repr_html_(self) -> str:
        return self


@cache
def _pictures() -> str:
    """Return the declarations of the small pictures that rules draw with."""
    pictures = {f"card-{name}": svg for name, svg in card_pictures().items()}
    pictures |= {f"pixels-{name}": svg for name, svg in pixel_pictures().items()}
    return "".join(
        f'--{name}:url("data:image/svg+xml,{quote(svg)}");' for name, svg in pictures.items()
    )


@cache
def _cards() -> str:
    """Return the rules that give each card of the teacher's desk its picture."""
    return "".join(
        f".st-key-card_{name}{{--picture:var(--pixels-{name})}}" for name in pixel_pictures()
    )
