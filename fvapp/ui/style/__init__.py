"""Styles the pages with CSS that Streamlit's theme options cannot express."""

from functools import cache
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from fvapp.charts.cards import preset_card_pictures
from fvapp.core.colours import css_light_dark_variables, css_variables
from fvapp.core.pixel_art import pixel_art_svgs
from fvapp.i18n import Translator

FONTS = Path(__file__).parent / "fonts"

# Sorting makes the result reproducible; no rule may rely on the order of the style sheets.
_CSS = "".join(
    path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.css"))
)

PRELOADED_FONT = (
    '<link rel="preload" href="fonts/figtree.woff2" as="font" type="font/woff2" crossorigin>'
)
"""HTML tag for the page's head that preloads the font.

Without it, the browser requests the font only when it first draws text.
"""


@cache
def page_style() -> str:
    """Return the app's CSS as a tag for Streamlit's page, where it styles even the first elements.

    The tag belongs after the page's head, because Streamlit adds its own rules to the head while it
    draws.
    """
    # The pictures of the cards on the page for teachers.
    cards = (f".st-key-card_{name}{{--picture:var(--pixels-{name})}}" for name in pixel_art_svgs())
    return (
        f"<style>:root{{{css_variables()}{_picture_css_variables()}}}"
        f"@media (prefers-color-scheme: dark){{:root{{{css_variables(dark=True)}}}}}"
        f"@supports (color: light-dark(red, red)){{.stApp{{{css_light_dark_variables()}}}}}"
        f"{''.join(cards)}{_CSS}</style>"
    )


def apply_style(t: Translator, has_page_style: bool) -> None:
    """Set the page's colours and language; the language decides the browser's fonts and voices.

    The server knows only the theme of the last script run. When the theme changes, the browser
    switches the app's colours automatically.

    Args:
        has_page_style: whether the server's page contains `page_style`. If a host ignores
            ``st.App``, it serves Streamlit's own page, without this style.
    """
    script = f"document.documentElement.lang = '{t('language.tag')}'"
    colours = css_variables(dark=st.context.theme.type == "dark")
    style = f"{'' if has_page_style else page_style()}<style>:root{{{colours}}}</style>"
    # The container has this height only until the app's style sheet arrives.
    with st.container(key="page_style", height=1, border=False):
        st.html(_Html(f"{style}<script>{script}</script>"), unsafe_allow_javascript=True)


class _Html(str):
    """HTML that Streamlit does not dedent, as dedenting takes 5% of the time for the first page."""

    def _repr_html_(self) -> str:
        return self


def _picture_css_variables() -> str:
    """Return CSS variables that contain the small pictures in the style sheets."""
    pictures = {f"card-{name}": svg for name, svg in preset_card_pictures().items()}
    pictures |= {f"pixels-{name}": svg for name, svg in pixel_art_svgs().items()}
    return "".join(
        f'--{name}:url("data:image/svg+xml,{quote(svg)}");' for name, svg in pictures.items()
    )
