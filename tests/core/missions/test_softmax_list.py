"""The list of numbers to try softmax on."""

import numpy as np
import pytest

from fvapp.core.errors import FvappError
from fvapp.core.missions.table.network import MOST, NOTEBOOKS_LIST, softmax_of


def test_the_notebooks_list_becomes_probabilities_and_not_zeros_and_a_one():
    numbers, probabilities = softmax_of(NOTEBOOKS_LIST)
    assert numbers.tolist() == [0.1, 0.1, 0.05, 0.1, 9.5, 0.1, 0.05, 0.05, 0.05]
    assert probabilities.sum() == pytest.approx(1) and probabilities.argmax() == 4
    others = np.delete(probabilities, 4)
    assert (others > 0).all() and others.max() == pytest.approx(np.exp(0.1 - 9.5) * probabilities[4])


@pytest.mark.parametrize("text", ["[1, 2]", " 1,2 ", "1，2", "1e0, 2.0"])
def test_a_list_is_read_as_it_is_written_and_copied(text):
    assert softmax_of(text)[0].tolist() == [1, 2]


@pytest.mark.parametrize(
    "text", ["", "1", "one, two", "1, nan", "1, inf", "1, 1e9", "1; 2", ",".join("1" * (MOST + 1))]
)
def test_what_is_no_list_is_refused(text):
    with pytest.raises(FvappError, match="bad_numbers"):
        softmax_of(text)
