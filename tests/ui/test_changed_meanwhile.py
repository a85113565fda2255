"""What changes while a page is drawn: the page has shown the old state, and is drawn again."""

import importlib

import pytest

from fvapp.core.settings import RunSettings

PAGES = [("compare", "fvapp.ui.compare.page", "draw_table"), ("inside", "fvapp.ui.inside.page", "_draw")]


@pytest.fixture
def drawn_again(engine, token, open_page, monkeypatch):
    """Return ``drawn_again(page, module, last, happens)``: whether the page is drawn again for what happens meanwhile.

    Args:
        module, last: where the function is that draws the last part of the page, and its name.
        happens: what happens before that function draws.
    """

    def drawn_again(page, module, last, happens):
        parts = []
        open_page(page)  # its modules are first imported by Streamlit: the canvas can be by nobody else

        def keep(key, token, version, title, draw):
            parts.append((version, draw, version()))
            draw()

        draw_last = getattr(importlib.import_module(module), last)

        def draw_and_happen(*args):
            happens()
            return draw_last(*args)

        monkeypatch.setattr("fvapp.ui.visit.draw_live", keep)
        monkeypatch.setattr(f"{module}.{last}", draw_and_happen)
        before = engine.version(token)
        open_page(page, token=token)
        ((_, draw, told),) = parts
        assert told == before  # of what was there when the drawing began, so that the browser asks
        asked = []
        monkeypatch.setattr("streamlit.rerun", lambda: asked.append(True))
        draw()
        return bool(asked)

    return drawn_again


@pytest.mark.parametrize(("page", "module", "last"), PAGES)
def test_a_run_that_ends_while_the_page_is_drawn_is_shown(engine, token, few_images, drawn_again, page, module, last):
    engine.start()
    engine.submit(token, [RunSettings()])
    engine.advance(3)
    assert drawn_again(page, module, last, engine.finish)


@pytest.mark.parametrize(("page", "module", "last"), PAGES)
def test_where_nothing_happened_the_page_stays(train, few_images, drawn_again, page, module, last):
    train(RunSettings())
    assert not drawn_again(page, module, last, lambda: None)
