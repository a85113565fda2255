"""Read to me: a button that has the browser read the screen of a mission aloud, where it has a
voice for it.
"""

from fvapp.core.wording import Translate
from fvapp.ui.browser.components import make_component

_component = make_component(__file__)
_SIGNS = {"×": "times", "−": "minus", "=": "equals", "＝": "equals", "±": "within"}


def draw_aloud(t: Translate, mission: str, screen: str) -> None:
    """Draw the button; it is hidden where the browser has no voice for the language.

    Args:
        screen: key of the container that is read. Another screen has another button, and the
            reading ends.
    """
    data = {
        "screen": screen,
        "words": {name: t(f"missions.aloud.{name}") for name in ("start", "stop")},
        "signs": {sign: t(f"missions.aloud.signs.{name}") for sign, name in _SIGNS.items()},
        "voices": t("language.voices").split(),
    }
    _component(key=f"aloud_{t.language}_{mission}_{screen}", data=data)
