"""Lists the kinds of classroom rounds (activities that a school class does together).

Each kind has a module here. A module of the same name in `ui.classroom` draws its rounds.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from fvapp.core.classroom.round_kind import RoundKind

_ROWS: dict[str, RoundKind] = {
    module.name: import_module(f"{__name__}.{module.name}").KIND
    for module in iter_modules(__path__)
}

KINDS: Mapping[str, RoundKind] = dict(sorted(_ROWS.items(), key=lambda row: row[1].menu_position))
"""Name of a kind of round, as in the store -> the kind, in the order in which teachers see them."""
