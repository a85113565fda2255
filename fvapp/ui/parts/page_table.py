"""The table of pages."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PageRow:
    """A page, drawn by ``page.show(visit)`` in the folder of its name, titled ``pages.<name>``.

    Attributes:
        url_path: path of its address; empty for the page the app opens on.
        is_in_phone_bar: whether a phone's bar shows it; the other pages are behind "More".
        is_closable: whether a teacher can close it for a class.
        is_for_class_only: whether only teachers and students of an open class see it.
        other_url_paths: paths of earlier versions, still in links and on paper; with a question
            mark, queries of another page's path that belong to this page.
    """

    name: str
    url_path: str
    icon: str
    is_in_phone_bar: bool = False
    is_closable: bool = True
    is_for_class_only: bool = False
    other_url_paths: tuple[str, ...] = ()

    @property
    def module_name(self) -> str:
        return f"fvapp.ui.{self.name}.page"


_ROWS = (
    PageRow("train", "", ":material/model_training:", is_in_phone_bar=True),
    PageRow("draw", "draw", ":material/draw:", is_in_phone_bar=True),
    PageRow("inside", "inside", ":material/visibility:", is_in_phone_bar=True),
    PageRow(
        "missions",
        "missions",
        ":material/school:",
        is_in_phone_bar=True,
        is_closable=False,
        other_url_paths=("lessons",),
    ),
    PageRow("compare", "compare", ":material/compare_arrows:"),
    PageRow("data", "data", ":material/dataset:"),
    PageRow(
        "classroom",
        "class",
        ":material/groups:",
        is_closable=False,
        is_for_class_only=True,
        other_url_paths=("teachers?class",),
    ),
    PageRow(
        "teachers",
        "teachers",
        ":material/co_present:",
        is_closable=False,
        other_url_paths=("missions?part=teacher", "class?view=open", "class?teacher"),
    ),
)

PAGES: Mapping[str, PageRow] = {row.name: row for row in _ROWS}
"""All pages, in the order of the links."""


def page_name_at(name: str, query: Mapping[str, str]) -> str:
    """Return the name of the page that an address asks for: `name`, or the page of its query."""
    asked = {
        f"{PAGES[name].url_path}?{key}{end}"
        for key, value in query.items()
        for end in ("", f"={value}")
    }
    return next(
        (row.name for row in PAGES.values() if not asked.isdisjoint(row.other_url_paths)), name
    )


def closable_pages() -> tuple[str, ...]:
    """Return the pages that a teacher can close."""
    return tuple(name for name, row in PAGES.items() if row.is_closable)
