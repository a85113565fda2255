"""What a visitor reads on a page under AppTest."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def messages(app: AppTest) -> list[str]:
    """Return the sentences of errors and notices, without the backslashes that keep them from being Markdown."""
    return [element.value.replace("\\", "") for element in (*app.error, *app.info, *app.warning)]


def texts(app: AppTest) -> list[str]:
    """Return all text of the page that is Markdown: paragraphs, captions, headings."""
    return [element.value for element in (*app.markdown, *app.caption, *app.title, *app.header, *app.subheader)]
