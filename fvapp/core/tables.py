"""Reads tables of plain values from TOML files beside the modules that use them."""

import tomllib
from pathlib import Path
from typing import Any


def read_toml_table(module: str | Path, name: str) -> dict[str, Any]:
    """Return the content of the TOML file `name` in the folder of the given module.

    Args:
        module: ``__file__`` of the module, or the path of any other file in that folder.
    """
    return tomllib.loads(Path(module).with_name(name).read_text(encoding="utf-8"))
