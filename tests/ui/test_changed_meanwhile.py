"""The state changes while a page is drawn: the page shows the old state, then is drawn again."""

import importlib

import pytest

from fvapp.core.settings import RunSettings


@pytest.mark.usefixtures("few_images")
@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize(
    ("page", "module", "last"),
    [
        ("compare", "fvapp.ui.compare.page", "draw_runs_table"),
        ("inside", "fvapp.ui.inside.page", "_draw_strip_and_tools"),
    ],
)
def test_a_page_is_drawn_again_for_a_run_that_ended_meanwhile_and_for_nothing_else(
    engine, token, open_page, monkeypatch, page, module, last, ends
):
    parts = []
    asked = []
    engine.start()
    engine.runs.submit_runs(token, [RunSettings()])
    engine.advance(3)
    # Streamlit must import the page's modules first: only Streamlit can register the canvas.
    open_page(page)
    draw_last = getattr(importlib.import_module(module), last)

    def keep(key, token, version, title, draw):
        parts.append((draw, version()))
        draw()

    def draw_and_end(*args):
        if ends:
            engine.finish()
        return draw_last(*args)

    monkeypatch.setattr("fvapp.ui.visit.draw_live_fragment", keep)
    monkeypatch.setattr(f"{module}.{last}", draw_and_end)
    before = engine.workspaces.latest_change_number(token)
    open_page(page, token=token)
    ((draw, told),) = parts
    # The page sends the number from before its drawing began, so the browser asks again.
    assert told == before
    monkeypatch.setattr("streamlit.rerun", lambda: asked.append(True))
    draw()
    assert bool(asked) is ends
