"""All missions on all images: how long the runs take, and to which verdicts they lead."""

import os
from time import process_time

import pytest

from fvapp.build.missions import measure_mission
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.typical import typical_results
from fvapp.core.places import AppFolders

THREADS = 2  # threads of one training run


@pytest.mark.long
def test_all_missions_on_all_images_take_less_than_eight_minutes_and_come_to_a_verdict():
    places = AppFolders.from_environ(os.environ)
    begin = process_time()  # processor time, so that other programs do not count
    measured = {
        name: measure_mission(MISSIONS[name], places) for name in typical_results().missions
    }
    assert process_time() - begin < THREADS * 480
    for name in (
        "network",
        "outputs",
        "no_flatten",
        "five_outputs",
        "epochs",
        "raw_pixels",
        "wrong_labels",
        "missing",
        "wrong_reason",
        "writing",
    ):
        assert measured[name].verdict.outcome == "held", name
    for name in ("neurons", "layers"):
        assert measured[name].verdict.outcome in ("held", "within_noise"), name
    for name in ("five_outputs", "wrong_labels", "missing", "wrong_reason", "writing"):
        assert measured[name].second_verdict.outcome == "held", name
