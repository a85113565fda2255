"""Lines that a network writes while it learns: they differ only by what it has learned."""

import numpy as np
import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets.files import read_shipped_text
from fvapp.core.inspection.frames import FIRST_STEPS, make_weights_frame, plan_frame_steps
from fvapp.core.inspection.learning import learn_images_once
from fvapp.core.texts.lines import select_spread_frames, write_network_line
from fvapp.core.texts.signs import clean_text
from fvapp.core.texts.strips import labels_of_text, make_strips, partition_strips, texts_in_strips
from random_networks import random_network
from shipped_texts import TEXTS


@pytest.mark.parametrize("name", TEXTS)
def test_the_beginnings_given_to_networks_use_their_characters_and_are_not_in_their_texts(name):
    form = DATASETS[name].text
    assert clean_text(form.beginning, form) == (form.beginning, "")
    assert form.beginning and form.beginning not in read_shipped_text(name)


@pytest.mark.parametrize("name", TEXTS)
def test_the_same_network_writes_the_same_line_and_one_that_has_learned_another(name):
    form = DATASETS[name].text
    network = random_network(dataset=name)
    line = write_network_line(network, form)
    assert line == write_network_line(random_network(dataset=name), form)
    assert set(line) <= set(form.signs)
    labels = labels_of_text(read_shipped_text(name), form)
    places = partition_strips(len(labels), form).train[:640]
    taught = learn_images_once(
        network, make_strips(labels, places, form), labels[places].astype(int), 0.1, 32
    )
    learned = write_network_line(taught, form)
    assert len(learned) == len(line) == 110 // form.whites and learned != line


@pytest.mark.parametrize("parameters", [104_092, 400_000])
def test_selected_frames_include_the_first_and_the_last_frame(parameters):
    rng = np.random.default_rng(61)
    for _ in range(200):
        steps = int(rng.integers(1, 2_000))
        epochs = int(rng.integers(1, 101))
        planned = plan_frame_steps(parameters, steps, epochs)[: rng.integers(1, 25)]
        frames = [
            make_weights_frame(step, 0 if step % steps else step // steps, ()) for step in planned
        ]
        few = select_spread_frames(frames)
        assert [frame.step for frame in few] == sorted({frame.step for frame in few})
        assert len(few) <= 7 and few[0].step == 0 == FIRST_STEPS[0] and few[-1] == frames[-1]
        assert len(few) >= min(3, len(frames))


@pytest.mark.parametrize("name", TEXTS)
def test_the_texts_are_recovered_from_strips_in_order(name):
    form = DATASETS[name].text
    text = read_shipped_text(name)
    labels = labels_of_text(text, form)
    rng = np.random.default_rng(65)
    cuts = np.sort(rng.choice(np.arange(form.context, len(text), 50), 6, replace=False)).tolist()
    # The checked part of the text consists of three spans, given in reverse order.
    spans = list(zip(cuts[::2], cuts[1::2], strict=True))[::-1]
    places = np.concatenate([np.arange(*span) for span in spans])
    shown = texts_in_strips(make_strips(labels, places, form), form)
    assert shown == [text[begin - form.context : end - 1] for begin, end in spans]
