"""The fonts a document is set in: the characters of one Chinese text look different in each place that writes it."""

from __future__ import annotations

from fvapp.core.wording import Translate


def font_rule(t: Translate) -> str:
    """Return the CSS rule that sets a document in the fonts of its language."""
    return f"body {{ font-family: system-ui, -apple-system, 'Segoe UI', {t('language.fonts')}, sans-serif; }}\n"
