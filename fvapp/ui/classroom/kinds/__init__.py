"""What is drawn of each kind of round: a module for each of those in `core.classroom.kinds`, of the
same name.
"""

from importlib import import_module

from fvapp.ui.classroom.round_screens import RoundScreens


def screens_of(kind: str) -> RoundScreens:
    """Return what draws a kind of round. Imported when there is one: few pages need it."""
    return import_module(f"{__name__}.{kind}").SCREENS
