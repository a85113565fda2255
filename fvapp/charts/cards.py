"""Draws a small picture of a network for each preset, as plain shapes in the colour of the text."""

from collections.abc import Mapping

from fvapp.core.templates import render_template

CARDS = ("standard", "wide", "cnn", "borrowed")
"""Names of the presets that have a card with a picture of the network."""


def preset_card_pictures() -> Mapping[str, str]:
    """Return an ``<svg>`` picture of each preset's network, by the preset's name."""
    return {name: render_template("fvapp.charts", "cards.svg", name=name) for name in CARDS}
