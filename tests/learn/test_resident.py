"""Images and labels that stay in a worker's memory."""

import numpy as np
import pytest

from fvapp.core.datasets import Dataset
from fvapp.core.datasets.splits import TrainingArrays
from fvapp.core.texts.strips import blank_images
from fvapp.learn.resident import resident_arrays


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("altered", [False, True])
def test_labels_stay_what_they_are_whatever_number_of_classes_they_come_from(kind, altered):
    labels = np.random.default_rng(1).integers(0, np.iinfo(kind).max, 300).astype(kind)
    images = blank_images(300)
    dataset = Dataset("text", images, labels, images, labels)
    arrays = (images.copy(), labels.copy()) if altered else (images, labels)
    resident = resident_arrays(TrainingArrays(*arrays, images[:0], labels[:0]), dataset)
    assert resident.labels.numpy().tolist() == labels.tolist()
    assert resident.images.shape == images.shape
