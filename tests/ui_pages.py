"""What a visitor reads on a page under AppTest."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from fvapp.core.runs import RunRecord
from fvapp.engine.api import Engine


def messages(app: AppTest) -> list[str]:
    """Return the sentences of errors and notices, without the backslashes that keep them from being Markdown."""
    return [element.value.replace("\\", "") for element in (*app.error, *app.info, *app.warning)]


def texts(app: AppTest) -> list[str]:
    """Return all text of the page that is Markdown: paragraphs, captions, headings."""
    return [element.value for element in (*app.markdown, *app.caption, *app.title, *app.header, *app.subheader)]


def widget(app: AppTest, name: str) -> Widget:
    """Return the widget of a setting, whatever kind it is."""
    kinds = (app.segmented_control, app.selectbox, app.toggle, app.text_input, app.number_input)
    return next(each for kind in kinds for each in kind if each.key == name)


def start(app: AppTest) -> AppTest:
    """Press Train."""
    return app.button(key="train_start").click().run()


def only_run(engine: Engine, token: str) -> RunRecord:
    """Return the one run of a workspace."""
    (record,) = engine.runs(token)
    return record
