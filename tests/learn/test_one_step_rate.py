"""Training with the learning rate that the tool One step suggests."""

import numpy as np
import pytest

from fvapp.core.datasets import Dataset
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.frames import EARLY, frame_at_moment, frames_from_bytes
from fvapp.core.settings import RunSettings
from fvapp.ui.networks.one_step import SCREENS, NetworkLearner
from learn.told import train_quietly

NETWORKS = {
    "mnist 128": RunSettings("mnist"),
    "fashion 128": RunSettings(),
    "mnist 512": RunSettings("mnist", hidden=(512,)),
    "no hidden layer": RunSettings("mnist", hidden=()),
}
NEAR = 0.03


@pytest.mark.long
@pytest.mark.parametrize("name", NETWORKS)
def test_the_best_rate_of_the_last_screen_trains_as_well_as_the_usual_one(name, mnist, fashion):
    settings = NETWORKS[name]
    data: Dataset = mnist if settings.dataset == "mnist" else fashion
    usual = train_quietly(settings, data)
    frame = frame_at_moment(frames_from_bytes(usual.film_frames))
    assert abs(frame.step - EARLY) < 10
    network = network_of_run(settings, frame.weights)
    label = int(data.y_test[0])
    size = SCREENS["size"](
        NetworkLearner(
            network, np.asarray(data.x_test[0]), label, label, data, [str(n) for n in range(10)]
        )
    )
    found = {}
    # Train with the best learning rate, and with the rate at which the slider starts.
    for place in {
        size["best"],
        max(1, round(size["best"] / 8)),
    }:
        rate = size["trained"][place]
        end = train_quietly(settings.with_values(optimizer="sgd", learning_rate=rate), data)
        found[rate] = end.result.test_accuracy
    print(f"\n{name}: usual {usual.result.test_accuracy:.1%}, of the button", found)
    assert found[size["trained"][size["best"]]] > usual.result.test_accuracy - NEAR
