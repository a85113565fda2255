"""The shipped text networks were trained on the shipped texts."""

import json

import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets.files import shipped_dataset_digest
from fvapp.core.places import SHIPPED_MODELS


@pytest.mark.parametrize(
    "name", [name for name, info in DATASETS.items() if info.text and info.ships_model]
)
def test_a_network_of_text_that_ships_has_learned_the_text_that_ships(name):
    about = json.loads((SHIPPED_MODELS / f"{name}.json").read_bytes())
    assert about["sha256"] == {name: shipped_dataset_digest(name)}
