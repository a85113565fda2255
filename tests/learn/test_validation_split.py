import numpy as np
import pytest
from keras.src.trainers.data_adapters.array_slicing import train_validation_split  # what `fit` calls

from fvapp.core.datasets import split_validation


@pytest.mark.parametrize("images", [10, 999, 1_000, 4_000, 60_000])
@pytest.mark.parametrize("share", [0.05, 0.1, 0.123, 0.2, 0.3, 1 / 3, 0.5])
def test_the_last_images_validate_in_keras_own_numbers(images, share):
    (train,), (validation,) = train_validation_split((np.arange(images),), share)
    assert split_validation(images, share) == (len(train), len(validation))
    assert train[0] == 0 and validation[-1] == images - 1
