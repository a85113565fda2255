"""The handful of CSS lines that theme options and layout containers cannot say."""

from __future__ import annotations

import streamlit as st

from fvapp.i18n import Translator

_CSS = """
.stMainBlockContainer { padding-top: 4.5rem; padding-bottom: 3rem; max-width: 80rem; }
.stMain { font-variant-numeric: tabular-nums; }
.st-key-header { margin-bottom: -3.5rem; z-index: 1; width: fit-content; align-self: flex-end; }
.st-key-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.5rem; }
.st-key-figures > div, .st-key-figures .stMetric { width: 100%; }
.st-key-figures [data-testid="stMetricValue"] { font-size: 1.8rem; }
.st-key-run_buttons { min-height: 2.6rem; }
[class*="st-key-"][class*="_words"] { row-gap: 0.25rem; }
[class*="st-key-"][class*="_words"] button { min-height: 1.75rem; padding-block: 0; }
.stImage img { image-rendering: pixelated; }
.stMarkdown table { display: block; overflow-x: auto; }
.st-key-browser_storage { position: absolute; height: 0; overflow: hidden; }
[data-variant="segmented_control"][aria-checked="true"] { position: relative; z-index: 1; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding-left: 1rem; padding-right: 1rem; }
  .st-key-header { margin-bottom: -0.5rem; }
  .st-key-run_state { min-height: 3.2rem; }
}
.st-key-draw_columns .stColumn { min-width: 17.6rem; }
:is(.st-key-curves, .st-key-overfit, .st-key-overlay, .st-key-mission_chart) .stColumn { min-width: 17.6rem; }
@media (max-width: 980px) {
  .st-key-draw_columns .stColumn:nth-child(3) { order: 1; }
  .st-key-draw_columns .stColumn:nth-child(2) { order: 2; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
"""


# White on the light blue of the dark theme would have a contrast of 2.7 to 1; this has 6.6.
_DARK_CSS = '[data-testid="stBaseButton-primary"] { color: #10141A; }'


# Streamlit leaves the edge between two choices to one of them, which is in another line where they wrap.
_EDGE_CSS = (
    '[data-variant="segmented_control"][aria-checked="false"]:not(:hover) {{ border-color: {color} !important; }}'
)


def apply_style(t: Translator) -> None:
    """Add the app's CSS to the page, and say which language it is in: browsers choose fonts and voices by it."""
    theme = "dark" if st.context.theme.type == "dark" else "light"
    edge = _EDGE_CSS.format(color=st.get_option(f"theme.{theme}.borderColor"))
    css = f"{_CSS}{edge}{_DARK_CSS if theme == 'dark' else ''}"
    script = f"document.documentElement.lang = '{t('language.tag')}'"
    st.html(f"<style>{css}</style><script>{script}</script>", unsafe_allow_javascript=True)
