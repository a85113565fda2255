"""Reads the table of the app's pages: their addresses, icons, and who can see or close them."""

from collections.abc import Mapping
from dataclasses import dataclass

from fvapp.core.schema import read_as_type
from fvapp.core.tables import read_toml_table


@dataclass(frozen=True)
class PageRow:
    """A page, drawn by ``fvapp.ui.<name>.page``; its title's translation key is ``pages.<name>``.

    Attributes:
        url_path: path of the page's address; empty for the start page.
        is_in_phone_bar: whether the bar on phones shows the page's link; other links are behind
            "More".
        is_closable: whether a teacher can close the page for a school class.
        is_for_class_only: whether only teachers and students of an open class see the page.
        other_url_paths: paths in earlier versions, which old links and printed sheets still use.
            An entry with a question mark is another page's path with a query for this page.
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
    name: read_as_type(PageRow, {"name": name, **row})
    for name, row in read_toml_table(__file__, "pages.toml").items()
}
"""All pages by name, in the order in which the app links to them."""


def page_name_at(name: str, query: Mapping[str, str]) -> str:
    """Return the name of the page at an address.

    The result is `name`, the page of the address's path, unless the query belongs to another page.
    """
    asked = {
        f"{PAGES[name].url_path}?{key}{end}"
        for key, value in query.items()
        for end in ("", f"={value}")
    }
    return next(
        (row.name for row in PAGES.values() if not asked.isdisjoint(row.other_url_paths)), name
    )


def closable_pages() -> tuple[str, ...]:
    """Return the names of the pages that a teacher can close for a school class."""
    return tuple(name for name, row in PAGES.items() if row.is_closable)
