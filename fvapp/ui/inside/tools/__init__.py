"""The table of tools: a module for each. Its words are ``inside.parts``, ``inside.cards`` and a
table of its own.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from fvapp.core.dataset_table import DATASETS
from fvapp.ui.inside.tool import Tool

_ROWS: dict[str, Tool] = {
    module.name: import_module(f"{__name__}.{module.name}").TOOL
    for module in iter_modules(__path__)
}

TOOLS: Mapping[str, Tool] = dict(sorted(_ROWS.items(), key=lambda row: row[1].place))
"""Every tool by its name, which addresses have ("?part=why"), in the order of the page."""


def tools_of(dataset: str) -> dict[str, Tool]:
    """Return the tools that mean something for a data set."""
    return {
        name: tool for name, tool in TOOLS.items() if tool.of_text or not DATASETS[dataset].text
    }
