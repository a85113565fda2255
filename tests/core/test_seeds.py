"""A seed of one's own for each workspace."""

from fvapp.core.seeds import LARGEST, SMALLEST, own_seed
from fvapp.core.settings import SETTINGS


def test_a_workspace_has_always_the_same_seed_of_four_digits():
    assert own_seed("a token") == own_seed("a token")
    assert all(SMALLEST <= own_seed(f"token {number}") <= LARGEST for number in range(1_000))
    assert SETTINGS["seed"].minimum <= SMALLEST and SETTINGS["seed"].maximum >= LARGEST


def test_a_class_of_thirty_has_hardly_two_seeds_alike():
    assert len({own_seed(f"token {number}") for number in range(30)}) >= 29
