"""Look inside on text networks: exchanging letters, support for a letter, switching neurons off."""

import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.inspection.answering import load_shipped_model
from fvapp.core.texts.lines import write_network_line
from fvapp.i18n import Translator
from ui_pages import T, given, press, shown

TEXTS = [name for name, info in DATASETS.items() if info.text]


@pytest.fixture
def opened(open_page, few_images):
    def open_tool(name: str, part: str):
        app = open_page("inside", model=name, part=part, lang=DATASETS[name].text.language)
        assert not app.exception, app.exception
        return app

    return open_tool


@pytest.mark.parametrize("name", TEXTS)
def test_the_search_takes_the_letter_that_costs_the_answer_most(opened, name):
    app = opened(name, "letter")
    before, after = app.metric
    assert before.label == after.label and before.value == after.value
    press(app, "letter_search")
    before, after = app.metric
    differing = [pair for pair in zip(before.label, after.label, strict=True) if len({*pair}) > 1]
    assert len(differing) == 1


def test_the_gap_is_a_click_away_and_both_lines_stand_beside_each_other(opened):
    form = DATASETS["stories"].text
    app = opened("stories", "surgery")
    whole = write_network_line(load_shipped_model("stories").network, form)
    assert shown(app).count(whole.strip()) == 1 and T("inside.surgery.without") not in shown(app)
    press(app, "surgery_gap")
    assert app.slider(key="surgery_off_stories").value == 16
    assert shown(app).count(whole.strip()) == 1 and T("inside.surgery.without") in shown(app)


@pytest.mark.parametrize("name", TEXTS)
def test_letters_speak_for_and_against_a_sign_place_by_place(opened, name):
    app = opened(name, "letters")
    t = Translator(DATASETS[name].text.language)
    assert t("inside.letters.place", n=8) in shown(app)
    assert shown(app).count('<th scope="row">') == 8


def test_the_products_of_a_neuron_have_the_letter_of_each_row_beside_them(opened):
    pictures = [data for data in given(opened("stories", "way")) if data.get("rows")]
    assert [len(data["rows"]) for data in pictures] == [28]
    assert all(len(data["captions"]) == 1 for data in pictures)
