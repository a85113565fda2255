"""The table of pages."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PageRow:
    """A page, drawn by ``page.show(visit)`` in the folder of its name, titled ``pages.<name>``.

    Attributes:
        path: of its address; empty for the page the app opens on.
        in_phone_bar: whether it is in a phone's bar; the others are behind "More".
        closable: whether a teacher can close it for a class.
        in_class: whether only teachers and students of an open class see it.
        other_paths: more addresses: those of earlier versions, still in links and on paper; with a
            question mark, queries of another page's path that belong to this page.
    """

    name: str
    path: str
    icon: str
    in_phone_bar: bool = False
    closable: bool = True
    in_class: bool = False
    other_paths: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        return f"fvapp.ui.{self.name}.page"


_ROWS = (
    PageRow("train", "", ":material/model_training:", in_phone_bar=True),
    PageRow("draw", "draw", ":material/draw:", in_phone_bar=True),
    PageRow("inside", "inside", ":material/visibility:", in_phone_bar=True),
    PageRow(
        "missions",
        "missions",
        ":material/school:",
        in_phone_bar=True,
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
"""All pages, in the order of the links."""


def page_at(name: str, query: Mapping[str, str]) -> str:
    """Return the page an address asks for: the named one, or one that its query belongs to."""
    asked = {
        f"{PAGES[name].path}?{key}{end}"
        for key, value in query.items()
        for end in ("", f"={value}")
    }
    return next((row.name for row in PAGES.values() if not asked.isdisjoint(row.other_paths)), name)


def closable_pages() -> tuple[str, ...]:
    """Return the pages that a teacher can close."""
    return tuple(name for name, row in PAGES.items() if row.closable)
