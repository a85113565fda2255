"""Errors keep their code and values on every path, and become one sentence."""

import copy
import pickle

import pytest

from fvapp.core.errors import CatalogueKey, FvappError, ImageError


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_is_the_same_in_another_process(again):
    error = again(ImageError("image_too_many_pixels", most="12.5"))
    assert type(error) is ImageError
    assert error.code == "image_too_many_pixels"
    assert error.values == {"most": "12.5"}
    assert str(error) == "image_too_many_pixels (most=12.5)"


def test_an_error_becomes_a_sentence_with_its_keys_put_into_words():
    words = {"errors.bad": "{field} must be {most}.", "settings.epochs": "Epochs"}
    error = FvappError("bad", field=CatalogueKey("settings.epochs"), most=5)
    assert (
        error.to_sentence(lambda key, **values: words[key].format(**values)) == "Epochs must be 5."
    )
