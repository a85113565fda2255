"""The training images and labels that a worker keeps in memory."""

import numpy as np
import pytest

from fvapp.core.datasets import Dataset
from fvapp.core.datasets.splits import TrainingArrays
from fvapp.core.settings import RunSettings
from fvapp.core.texts.strips import aligned_zeros, pack_images
from fvapp.learn.blocks import plan_epoch
from fvapp.learn.fitting import TrainingSession
from fvapp.learn.programs import borrow_compiled_model
from fvapp.learn.resident import make_resident_arrays


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("altered", [False, True])
def test_labels_stay_what_they_are_whatever_number_of_classes_they_come_from(kind, altered):
    labels = np.random.default_rng(1).integers(0, np.iinfo(kind).max, 300).astype(kind)
    images = aligned_zeros((300, 28, 28), np.uint8)
    dataset = Dataset("text", images, labels, images, labels)
    arrays = (images.copy(), labels.copy()) if altered else (images, labels)
    resident = make_resident_arrays(TrainingArrays(*arrays, images[:0], labels[:0]), dataset)
    assert resident.labels.numpy().tolist() == labels.tolist()
    assert resident.images.shape == images.shape


def test_packed_images_are_learned_as_they_were():
    draw = np.random.default_rng(2)
    images = 255 * draw.integers(0, 2, (64, 28, 28)).astype(np.uint8)
    labels = draw.integers(0, 10, 64).astype(np.uint8)
    dataset = Dataset("text", images, labels, images, labels)
    settings = RunSettings(hidden=(16,))
    rows = np.arange(64)
    learned = []
    for packed in (False, True):
        arrays = TrainingArrays(images, labels, images[:0], labels[:0])
        if packed:
            arrays = arrays._replace(x_train=pack_images(images), epoch_image_indices=rows)
        assert (arrays.training_images_at(rows) == images).all()
        with borrow_compiled_model(settings) as model:
            plan = plan_epoch(settings, 64)
            session = TrainingSession(
                model,
                settings,
                plan,
                make_resident_arrays(arrays, dataset),
                arrays[2:4],
                arrays.epoch_image_indices,
            )
            # Train the steps once before and once after XLA has compiled the graph.
            for begun in (0, plan.steps_without_xla):
                session.iterations = begun
                session.train_steps(rows.reshape(-1, settings.batch_size))
        learned.append(np.concatenate([weight.ravel() for weight in session.numpy_weights()]))
    assert (learned[0] == learned[1]).all()
