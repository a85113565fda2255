"""A visitor without a browser who also types, chooses, sends files and reads the app's own HTML."""

import re
from base64 import b64encode
from secrets import token_urlsafe

from streamlit.proto.WidgetStates_pb2 import WidgetState

from fvapp.bench.page_visitor import CANVAS, CHOICES, PageVisitor, make_trigger_state

FILE_FIELD = "fvapp.file_field"


class HandyVisitor(PageVisitor):
    """A visitor in one tab of the app."""

    async def fill(self, key: str, text: str) -> None:
        """Type into the field with a key, and leave the field.

        Raises:
            PageError: there is no such field.
        """
        place, fragment = self._require_widget(key, self._find_widget(key, "text_input"))
        await self._run_script([WidgetState(id=place.id, string_value=text)], fragment)

    async def choose(self, key: str, place: int) -> None:
        """Choose the option at the given position in the field with the given key.

        Raises:
            PageError: there is no such field.
        """
        options, fragment = self._require_widget(key, self._find_widget(key, *CHOICES))
        await self._run_script(
            [WidgetState(id=options.id, string_value=options.options[place])], fragment
        )

    def has_canvas(self) -> bool:
        """Return whether this page has a drawing canvas."""
        return self._find_component(CANVAS) is not None

    async def upload(self, content: bytes) -> None:
        """Send a file through the page's file field.

        Raises:
            PageError: there is no such field.
        """
        place, fragment = self._require_widget(FILE_FIELD, self._find_component(FILE_FIELD))
        sent = {"id": token_urlsafe(8), "content": b64encode(content).decode()}
        await self._run_script([make_trigger_state(place.id, "sent", sent)], fragment)

    def key_like(self, pattern: str, kind: str) -> str | None:
        """Return the key of the first widget of this kind whose key matches a pattern, or None."""
        widgets = (getattr(delta.new_element, kind).id for delta, _ in self._page_elements.values())
        found = next(
            filter(None, (re.search(rf"(?<=-){pattern}$", widget) for widget in widgets)), None
        )
        return found and found[0]

    def search(self, pattern: str) -> str | None:
        """Search the app's own HTML for a pattern; return the match or its group, or None."""
        bodies = (delta.new_element.html.body for delta, _ in self._page_elements.values())
        found = next(filter(None, (re.search(pattern, body) for body in bodies)), None)
        return found and found[found.lastindex or 0]
