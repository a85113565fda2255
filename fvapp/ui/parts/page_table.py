"""The table of pages."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PageRow:
    """A page: the folder of its name has ``page.show(visit)``, and its title is the catalogue's
    ``pages.<name>``.

    Attributes:
        path: its address; the empty one is where the app opens.
        tab: whether a phone's bar has room for it; the others are behind "More".
        closable: whether a teacher can close it for a class.
        in_class: whether only those see it who hold a class or are in one.
        other_paths: addresses that it has as well: those of earlier versions, which stand in links
            and on papers; with a question mark those that begin like another page's, such as where
            that one leads here by a click.
    """

    name: str
    path: str
    icon: str
    tab: bool = False
    closable: bool = True
    in_class: bool = False
    other_paths: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        return f"fvapp.ui.{self.name}.page"


_ROWS = (
    PageRow("train", "", ":material/model_training:", tab=True),
    PageRow("draw", "draw", ":material/draw:", tab=True),
    PageRow("inside", "inside", ":material/visibility:", tab=True),
    PageRow(
        "missions",
        "missions",
        ":material/school:",
        tab=True,
        closable=False,
        other_paths=("lessons",),
    ),
    PageRow("compare", "compare", ":material/compare_arrows:"),
    PageRow("data", "data", ":material/dataset:"),
    PageRow(
        "classroom",
        "class",
        ":material/groups:",
        closable=False,
        in_class=True,
        other_paths=("teachers?class",),
    ),
    PageRow(
        "teachers",
        "teachers",
        ":material/co_present:",
        closable=False,
        other_paths=("missions?part=teacher", "class?view=open", "class?teacher"),
    ),
)

PAGES: Mapping[str, PageRow] = {row.name: row for row in _ROWS}
"""Every page, in the order of the links."""


def page_at(name: str, query: Mapping[str, str]) -> str:
    """Return the page that an address asks for, which names a page and perhaps a part that is now
    one of its own.
    """
    asked = {
        f"{PAGES[name].path}?{key}{end}"
        for key, value in query.items()
        for end in ("", f"={value}")
    }
    return next((row.name for row in PAGES.values() if not asked.isdisjoint(row.other_paths)), name)


def closable_pages() -> tuple[str, ...]:
    """Return the pages that a teacher can close."""
    return tuple(name for name, row in PAGES.items() if row.closable)
