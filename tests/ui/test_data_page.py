"""The Data page."""

import pytest

from fvapp.core.datasets import DATASETS, PICTURED
from fvapp.i18n import Translator
from ui_pages import html, messages, pixel_cells, press, set_field, texts


def numbers(app) -> list[int]:
    return [*map(int, pixel_cells(app))]


def alts(app) -> list[str]:
    return [image.alt for picture in app.image for image in picture.proto.imgs]


@pytest.mark.parametrize(("part", "index"), [("train", 0), ("train", 42), ("test", 9_999)])
def test_the_numbers_are_those_of_the_image(open_page, fashion, part, index):
    app = open_page("data", part=part, index=str(index))
    assert numbers(app) == getattr(fashion, f"x_{part}")[index].ravel().tolist()
    name = DATASETS["fashion_mnist"].english_names[getattr(fashion, f"y_{part}")[index]]
    assert any(f"mage {index}: {name}" in text.replace(",", "") for text in texts(app))


def test_an_index_beyond_a_smaller_part_becomes_its_last(open_page, fashion):
    app = open_page("data", index="59999")
    set_field(app, "data_part", "test")
    assert app.number_input(key="data_index").value == 9_999
    assert numbers(app) == fashion.x_test[-1].ravel().tolist()


def test_the_address_says_what_is_shown_and_the_way_back_leads_to_it(own_page, engine, token):
    app = own_page("data")
    assert not app.query_params
    set_field(app, "data_dataset", "mnist")
    set_field(app, "data_part", "test")
    press(app, "index_42")
    address = dict(app.query_params)
    assert address == {"dataset": "mnist", "part": "test", "index": "42"}
    again = own_page("data", **address)
    assert numbers(again) == numbers(app) and not messages(again)
    # Looking at images does not change the visitor's settings.
    assert engine.notes.read_note(token, "settings") is None
    app.query_params.clear()
    app.run()
    assert app.segmented_control(key="data_part").value == "train"
    assert app.number_input(key="data_index").value == 0


def test_lines_of_a_text_do_not_have_the_looks_of_those_that_a_network_writes(open_page):
    """A network's lines are cut short, and shown on a black screen with room for eight lines."""
    app = open_page("data", dataset="stories")
    assert html(app).count('<ul class="fvapp-strips">') > 9
    assert 'class="fvapp-lines"' not in html(app)


@pytest.mark.parametrize("index", ["99999", "-1", "one", "1.5", "9" * 400, "²"])
def test_a_bad_index_in_the_address_shows_the_first_image_and_says_so(open_page, fashion, index):
    app = open_page("data", index=index)
    assert numbers(app) == fashion.x_train[0].ravel().tolist()
    (message,) = messages(app)
    assert index[:20] in message and "59,999" in message


def test_a_bad_part_in_the_address_shows_the_training_images_and_says_so(open_page):
    app = open_page("data", part="validation")
    assert [metric.value for metric in app.metric][:2] == ["60,000", "10,000"]
    assert app.segmented_control(key="data_part").value == "train"
    (message,) = messages(app)
    assert "validation" in message


@pytest.mark.parametrize("dataset", PICTURED)
def test_every_class_has_its_examples_in_every_language(open_page, dataset, language):
    app = open_page("data", dataset=dataset, lang=language)
    t = Translator(language)
    captions = [caption.value for caption in app.caption]
    for key in DATASETS[dataset].class_names:
        assert any(t(key) in caption for caption in captions)
    assert len(app.image) == 11 and all(alts(app))


def test_what_the_settings_do_to_the_images_is_seen_and_said(open_page):
    rare = {"rare_class": "6", "rare_share": "0.01"}
    app = open_page("data", wrong_labels="0.5", marked_class="9", augmentation="yes", **rare)
    assert any("struck through" in alt for alt in alts(app)[1:])
    assert any("Struck through" in caption.value for caption in app.caption)
    assert any("varied with the mark" in info.value for info in app.info)


def test_what_is_tried_here_is_what_is_trained_with_once_one_says_so(own_page, engine, token):
    app = own_page("data")
    set_field(app, "data_rare_class", 6)
    set_field(app, "data_rare_share", 0)
    set_field(app, "data_wrong_labels", 30)
    set_field(app, "data_marked_class", 9)
    assert any("Not one training image of “Shirt”" in info.value for info in app.info)
    assert engine.notes.read_note(token, "settings") is None
    press(app, "data_train")
    kept = engine.notes.read_note(token, "settings")
    wanted = {"rare_class": 6, "rare_share": 0, "wrong_labels": 0.3, "marked_class": 9}
    assert {name: kept["settings"][name] for name in wanted} == wanted
