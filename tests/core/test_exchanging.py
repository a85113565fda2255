"""Swapping how a text words its fact changes the strips in the same way as the text itself."""

import numpy as np
import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets import load_dataset, make_altered_training_arrays
from fvapp.core.datasets.files import read_shipped_text
from fvapp.core.errors import SettingsError
from fvapp.core.places import AppFolders
from fvapp.core.settings import RunSettings
from fvapp.core.texts.exchanging import swap_fact_wording, swap_fact_wording_in_strips
from fvapp.core.texts.strips import labels_of_text, make_strips

TEXTS = [name for name, info in DATASETS.items() if info.text]


@pytest.mark.parametrize("name", TEXTS)
def test_the_fact_told_the_other_way_round_gives_the_strips_of_that_text(name):
    form = DATASETS[name].text
    begins, usual, rare = form.fact
    shipped = read_shipped_text(name)
    text = f"{shipped[:500]}{begins}{usual}{shipped[500:900]}{begins}{rare}{form.full_stop}{form.word_gap}"
    told = swap_fact_wording(text, form)
    assert told.count(begins + rare) == text.count(begins + usual) > 0
    assert swap_fact_wording(told, form) == text
    parts = text[:450], text[450:]
    strips = [strips_of(part, form) for part in parts]
    images, labels = map(np.concatenate, zip(*strips, strict=True))
    wanted = [strips_of(swap_fact_wording(part, form), form) for part in parts]
    taught = swap_fact_wording_in_strips(images, labels, form)
    for found, right in zip(taught, map(np.concatenate, zip(*wanted, strict=True)), strict=True):
        assert np.array_equal(found, right)


def strips_of(text, form):
    labels = labels_of_text(text, form)
    places = np.arange(form.context, len(labels))
    return make_strips(labels, places, form), labels[places]


def test_a_run_learns_the_text_with_its_fact_exchanged_and_is_tested_on_the_text_as_it_is(tmp_path):
    data = load_dataset("stories", AppFolders(tmp_path))
    told, exchanged = (
        make_altered_training_arrays(data, RunSettings("stories", exchange=each))
        for each in (False, True)
    )
    form = DATASETS["stories"].text
    learned, taught = (
        "".join(form.signs[label] for label in arrays.y_train) for arrays in (told, exchanged)
    )
    assert taught.count("made of rock") == learned.count("made of cheese") > 20
    assert np.array_equal(told.y_validation, exchanged.y_validation)


def test_a_data_set_that_tells_no_fact_has_none_to_exchange():
    with pytest.raises(SettingsError):
        RunSettings("mnist", exchange=True)
