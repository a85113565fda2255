"""The table of pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PageRow:
    """A page: the folder of its name has ``page.show(visit)``, and its title is the catalogue's ``pages.<name>``.

    Attributes:
        path: its address; the empty one is where the app opens.
        tab: whether a phone's bar has room for it; the others are behind "More".
        closable: whether a teacher can close it for a class.
        in_class: whether only those see it who hold a class or are in one.
        earlier_paths: addresses that it had in earlier versions, which stand in links and on papers.
    """

    name: str
    path: str
    icon: str
    tab: bool = False
    closable: bool = True
    in_class: bool = False
    earlier_paths: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        return f"fvapp.ui.{self.name}.page"


_ROWS = (
    PageRow("train", "", ":material/model_training:", tab=True),
    PageRow("draw", "draw", ":material/draw:", tab=True),
    PageRow("inside", "inside", ":material/visibility:", tab=True),
    PageRow("missions", "missions", ":material/school:", tab=True, closable=False, earlier_paths=("lessons",)),
    PageRow("compare", "compare", ":material/compare_arrows:"),
    PageRow("data", "data", ":material/dataset:"),
    PageRow("classroom", "class", ":material/groups:", closable=False, in_class=True),
)

PAGES: Mapping[str, PageRow] = {row.name: row for row in _ROWS}
"""Every page, in the order of the links."""


def closable_pages() -> tuple[str, ...]:
    """Return the pages that a teacher can close."""
    return tuple(name for name, row in PAGES.items() if row.closable)
