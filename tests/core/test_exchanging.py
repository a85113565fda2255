"""Swapping the two wordings of a text's fact in its strips equals swapping them in the text."""

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
from shipped_texts import TEXTS


@pytest.mark.parametrize("name", TEXTS)
def test_swapping_the_fact_in_strips_equals_swapping_it_in_the_text(name):
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


def test_a_run_trains_on_the_exchanged_fact_and_validates_on_the_unchanged_text(tmp_path):
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


def test_a_data_set_without_a_fact_cannot_exchange_it():
    with pytest.raises(SettingsError):
        RunSettings("mnist", exchange=True)
