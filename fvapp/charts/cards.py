"""Draws the small networks on the preset cards, as plain shapes in the colour of the text."""

from collections.abc import Mapping

from fvapp.core.templates import render_template

CARDS = ("standard", "wide", "cnn", "borrowed")
"""The presets with a picture."""


def preset_card_pictures() -> Mapping[str, str]:
    """Return an ``<svg>`` element for each preset's card, by the preset's name."""
    return {name: render_template("fvapp.charts", "cards.svg", name=name) for name in CARDS}
