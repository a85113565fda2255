"""Loads the screens of a kind of round (class activity) from the module with the kind's name."""

from importlib import import_module

from fvapp.ui.classroom.round_screens import RoundScreens


def load_round_screens(kind: str) -> RoundScreens:
    """Return the screens of a kind of round (class activity), such as "draw".

    The screens' module is imported on demand, since few pages need the module.
    """
    return import_module(f"{__name__}.{kind}").SCREENS
