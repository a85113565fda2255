"""The table of pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from fvapp.core.schema import read_as
from fvapp.core.tables import read_toml_table


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


PAGES: Mapping[str, PageRow] = {
    name: read_as(PageRow, {"name": name, **row})
    for name, row in read_toml_table(__file__, "pages.toml").items()
}
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
