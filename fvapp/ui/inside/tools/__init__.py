"""The table of tools, one module each; texts are in ``inside.parts`` and ``inside.cards``."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from fvapp.core.dataset_table import DATASETS
from fvapp.ui.inside.tool import Tool

_ROWS: dict[str, Tool] = {
    module.name: import_module(f"{__name__}.{module.name}").TOOL
    for module in iter_modules(__path__)
}

TOOLS: Mapping[str, Tool] = dict(sorted(_ROWS.items(), key=lambda row: row[1].position))
"""Every tool by its name in URLs ("?part=why"), in the order of the page."""


def tools_for_dataset(dataset: str) -> dict[str, Tool]:
    """Return the tools that make sense for a data set."""
    is_text = DATASETS[dataset].text is not None
    return {
        name: tool
        for name, tool in TOOLS.items()
        if (tool.works_for_text if is_text else tool.works_for_pictures)
    }
