"""A new text in another language works as a data set; see ``test_ten_changes.py``."""

import pytest

from catalogue_texts import SHIPS
from fvapp.core.datasets import DATASETS
from fvapp.core.export import export_script
from fvapp.core.settings import RunSettings
from fvapp.core.texts.strips import text_in_strip
from fvapp.i18n import Translator
from fvapp.ui.inside.tools import tools_for_dataset
from shipped_sets import load_shipped
from ui_pages import raw_keys, shown


def test_its_strips_read_as_the_text_and_their_labels_as_what_comes_next(home):
    info = DATASETS["contes"]
    data = load_shipped("contes")
    assert len(data.x_train) == info.train_images > 1_000 and len(data.x_test) == info.test_images
    assert {info.english_names[label] for label in data.y_train} >= set("aeiou.")
    assert text_in_strip(data.x_train[0], info.text).strip(" ")


@pytest.mark.parametrize("language", SHIPS)
def test_one_trains_writes_and_looks_inside(own_page, train, language):
    (run,) = train(RunSettings("contes", epochs=1))
    assert len(run.result.by_class) == DATASETS["contes"].class_count
    pages = [own_page(page, lang=language, dataset="contes") for page in ("train", "draw", "data")]
    pages += [own_page("inside", lang=language, part=part) for part in tools_for_dataset("contes")]
    for page in pages:
        assert not page.exception and not raw_keys(shown(page))
    assert Translator(language)("datasets.contes.what") in shown(pages[2])


def test_its_code_makes_the_strips_itself(home):
    assert "contes" in export_script(RunSettings("contes"), Translator("en"))
