"""Draws the small networks on the preset cards, as plain shapes in the colour of the text."""

from collections.abc import Mapping

from fvapp.core.templates import render_template

CARDS = ("standard", "wide", "cnn", "borrowed")
"""Names of the presets that have a card with a picture of the network."""


def preset_card_pictures() -> Mapping[str, str]:
    """Return an ``<svg>`` element for each preset's card, by the preset's name."""
    return {name: render_template("fvapp.charts", "cards.svg", name=name) for name in CARDS}
