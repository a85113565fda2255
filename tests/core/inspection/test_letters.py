"""The letters of a strip: exchanging a letter, and the prediction that each letter supports."""

import numpy as np
import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.inspection.letters import (
    find_strongest_letter,
    labels_by_row,
    letter_weights,
    replace_letter,
)
from fvapp.core.inspection.surgery import ablated_logits, remove_units
from fvapp.core.texts.strips import strip_of_text_end
from random_networks import random_network
from shipped_texts import TEXTS


def random_text(form, seed: int, length: int) -> str:
    return "".join(np.random.default_rng(seed).choice([*form.signs], length))


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("length", [1, 7, 20, 33])
def test_replacing_a_letter_gives_the_strip_of_the_changed_text(name, length):
    form = DATASETS[name].text
    text = random_text(form, length, length)
    image = strip_of_text_end(text, form)
    there = labels_by_row(image, form)
    assert "".join(form.signs[label] for label in there.values()) == text[-form.context :]
    for back, row in enumerate(reversed(there), start=1):
        changed = f"{text[:-back]}{form.signs[-1]}{text[len(text) - back + 1 :]}"
        found = replace_letter(image, row, len(form.signs) - 1, form)
        assert (found == strip_of_text_end(changed, form)).all()


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("seed", range(3))
def test_no_other_letter_takes_more_of_the_answers_lead(name, seed):
    form = DATASETS[name].text
    network = random_network(seed, dataset=name, hidden=(12,))
    image = strip_of_text_end(random_text(form, seed, 5), form)
    answer = network.logits(image[None])[0].argmax()

    def lead(letter: tuple[int, int]) -> float:
        logits = network.logits(replace_letter(image, *letter, form)[None])[0]
        return logits[answer] - np.delete(logits, answer).max()

    every = [
        (row, label)
        for row, own in labels_by_row(image, form).items()
        for label in range(len(form.signs))
        if label != own and (form.signs[own] + form.signs[label]).isalpha()
    ]
    assert lead(find_strongest_letter(network, image, form)) == pytest.approx(min(map(lead, every)))


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("label", [0, 9])
def test_the_weights_of_the_letters_add_up_to_the_sum_of_the_answer(name, label):
    form = DATASETS[name].text
    network = random_network(5, dataset=name, hidden=())
    image = strip_of_text_end(random_text(form, 3, 25), form)
    logits = network.logits(image[None])[0]
    weights = letter_weights(network, label, form)
    first = len(image) - form.context
    said = sum(weights[row - first, sign] for row, sign in labels_by_row(image, form).items())
    bias = network.last_step.bias
    assert said + bias[label] - bias.mean() == pytest.approx(
        logits[label] - logits.mean(), abs=1e-4
    )


@pytest.mark.parametrize("hidden", [(), (16,), (12, 8)])
def test_a_network_without_some_units_answers_as_with_them_switched_off(hidden):
    form = DATASETS["stories"].text
    network = random_network(6, dataset="stories", hidden=hidden)
    image = strip_of_text_end(random_text(form, 4, 20), form)
    off = np.random.default_rng(1).permutation(len(network.last_step.kernel))[:5]
    less = remove_units(network, off)
    assert np.allclose(
        less.logits(image[None])[0], ablated_logits(network, image, off), rtol=1e-4, atol=1e-4
    )
    assert not np.allclose(less.logits(image[None]), network.logits(image[None]), atol=1e-3)
