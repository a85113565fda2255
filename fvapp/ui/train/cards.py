"""Draws the cards of the presets, each with a picture of its network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from fvapp.core.schema import read_valid_fields
from fvapp.core.wording import Translate
from fvapp.ui.browser import make_component

_KEY = "preset"
_component = make_component(__file__)


@dataclass(frozen=True)
class PresetCardPress:
    """The last press on a preset card.

    Attributes:
        name: the preset's name.
        at: time of the press by the browser's clock. The browser repeats the last press in every
            message, and its time shows whether the press is new.
    """

    name: str = ""
    at: float = 0.0


def last_card_press() -> PresetCardPress:
    """Return the last press on a preset card that the browser reported."""
    return read_valid_fields(PresetCardPress, getattr(st.session_state.get(_KEY), "pressed", None))


def draw_preset_cards(
    t: Translate,
    names: Sequence[str],
    chosen: str | None,
    last_press: float,
    disabled_cards: Mapping[str, str],
) -> None:
    """Draw a card for each preset.

    Args:
        chosen: name of the preset that equals the current settings, or None.
        last_press: time of the last press that the app has applied.
        disabled_cards: reasons why presets cannot be chosen now, by the presets' names.
    """
    cards = {
        name: {
            "label": t(f"presets.{name}.label"),
            "short": disabled_cards.get(name) or t(f"presets.{name}.short"),
        }
        for name in names
    }
    data = {
        "label": t("train.preset"),
        "cards": cards,
        "chosen": chosen,
        "seen": last_press,
        "off": list(disabled_cards),
    }
    _component(key=_KEY, data=data, on_pressed_change=lambda: None)
