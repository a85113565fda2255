"""Draws the "Read to me" button, with which the browser reads a mission's screen aloud."""

from fvapp.i18n import Translator
from fvapp.ui.browser import make_component

_component = make_component(__file__)
_SIGNS = {"×": "times", "−": "minus", "=": "equals", "＝": "equals", "±": "within"}


def draw_read_aloud_button(t: Translator, mission: str, screen: str) -> None:
    """Draw the button that reads a screen aloud, unless the browser lacks a suitable voice.

    Args:
        screen: key of the container to read aloud. Each screen has its own button, and the browser
            stops reading when the screen changes.
    """
    data = {
        "screen": screen,
        "words": {name: t(f"missions.aloud.{name}") for name in ("start", "stop")},
        "signs": {sign: t(f"missions.aloud.signs.{name}") for sign, name in _SIGNS.items()},
        "voices": t("language.voices").split(),
    }
    _component(key=f"aloud_{t.language}_{mission}_{screen}", data=data)
