"""Reads the scripts and styles in ``page/``, which take-home files and the app share."""

from pathlib import Path

WRITING = ("network.js", "writing.js", "writer.js")
"""The scripts of a page on which a network writes text, in the order of loading.

The page must load ``elements.js`` before these scripts.
"""


def read_page_files(*names: str) -> str:
    """Return the joined content of the named files in ``page/``."""
    folder = Path(__file__).parent / "page"
    return "".join((folder / name).read_text(encoding="utf-8") for name in names)
