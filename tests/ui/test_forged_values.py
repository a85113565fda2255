"""Messages that our pages never send: each page ignores them or shows an error, and still works."""

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator
from fvapp.ui.parts.page_table import PAGES
from ui_pages import FORGED, forge, forgeries, messages, widget

SENTENCE = Translator("en")("errors.value_not_understood")


@pytest.mark.usefixtures("few_images")
@pytest.mark.parametrize(("page", "kinds"), forgeries(*PAGES))
def test_forged_values_are_left_out_with_one_sentence(
    own_page, engine, token, train, page, kinds, caplog
):
    train(RunSettings(), RunSettings(batch_size=64))
    app = own_page(page)
    for kind in kinds:
        forge(app, FORGED[kind])
        assert kind == "nothing" or SENTENCE in messages(app), kind
    app.run()
    assert not app.exception and SENTENCE not in messages(app)
    assert len(engine.runs.list_runs(token)) == 2
    # The log must contain no traceback.
    assert not [record for record in caplog.records if record.exc_info]


def test_a_whole_number_of_a_field_is_no_forgery(open_page):
    app = open_page("train")
    field = widget(app, "epochs")
    state = WidgetState(id=field.id, int_value=3)  # the widget's state as a browser sends it
    app._run(WidgetStates(widgets=[state]))
    assert SENTENCE not in messages(app) and widget(app, "epochs").value == 3
