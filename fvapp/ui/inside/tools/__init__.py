"""Collects the tools of the "Look inside" page; each module defines one tool as `TOOL`.

The tools' texts are in the translations below ``inside.parts`` and ``inside.cards``.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from fvapp.core.dataset_table import DATASETS
from fvapp.ui.inside.tool import InsideTool

_ROWS: dict[str, InsideTool] = {
    module.name: import_module(f"{__name__}.{module.name}").TOOL
    for module in iter_modules(__path__)
}

TOOLS: Mapping[str, InsideTool] = dict(sorted(_ROWS.items(), key=lambda row: row[1].position))
"""All tools by name, in the order of the page; an address contains a name as in ``?part=why``."""


def tools_for_dataset(dataset: str) -> dict[str, InsideTool]:
    """Return the tools that work for a data set, which contains either text or pictures."""
    is_text = DATASETS[dataset].text is not None
    return {
        name: tool
        for name, tool in TOOLS.items()
        if (tool.works_for_text if is_text else tool.works_for_pictures)
    }
