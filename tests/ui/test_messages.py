"""The messages that pages send are smaller than those that the server refuses."""

from fvapp.core.settings import RunSettings
from fvapp.ui.compat.messages import MOST_FIELDS
from fvapp.ui.parts.page_table import PAGES

# Numbers of fields in a message. OF_MESSAGE counts the fields outside the widgets' states,
# including the browser's. OF_STATE counts the fields of one state, including its id and value.
OF_MESSAGE = 12
OF_STATE = 3


def test_the_limit_is_four_times_what_the_fullest_page_can_send(engine, open_page, teacher, join):
    """Pages send only the states of widgets that have values; here, all widgets are counted."""
    for n in range(40):
        engine.runs.submit_runs(teacher, [RunSettings(seed=n + 1)])
        engine.finish()
        join(f"Mia {n}")
    pages = [open_page(page.name, teacher) for page in PAGES.values()]
    states = [
        sum(bool(getattr(getattr(each, "proto", None), "id", "")) for each in page._tree)
        for page in pages
    ]
    assert 4 <= MOST_FIELDS / (OF_MESSAGE + OF_STATE * max(states)) < 5
