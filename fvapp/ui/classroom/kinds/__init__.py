"""The screens of each kind of round, in modules named like those of `core.classroom.kinds`."""

from importlib import import_module

from fvapp.ui.classroom.round_screens import RoundScreens


def load_round_screens(kind: str) -> RoundScreens:
    """Return the screens of a kind of round, imported on demand since few pages need them."""
    return import_module(f"{__name__}.{kind}").SCREENS
