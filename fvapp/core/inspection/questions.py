"""Answers questions about a whole data set, chunk by chunk.

A chunk of images takes a few hundredths of a second. Callers ask for one chunk at a time, so no
question ever has to be cancelled. Either the server answers a question with NumPy, or a worker
answers with TensorFlow.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

import numpy as np

from fvapp.core.datasets import Dataset
from fvapp.core.errors import ModelError
from fvapp.core.inspection import robustness
from fvapp.core.inspection.covering import COVER_SIDE, cover_each_pixel
from fvapp.core.inspection.neighbours import nearest_images
from fvapp.core.inspection.network import Network
from fvapp.core.inspection.surgery import unit_values
from fvapp.core.stack import IMAGE_SHAPE

CHUNK = 1_000
"""Maximum number of test images that one question to a network covers."""

TRAINING_CHUNK = 2_000


@dataclass(frozen=True)
class FeatureExtractor:
    """A network and a fast way to compute the inputs of its last step.

    Attributes:
        compute_features: turns images, uint8 [n, 28, 28], into the inputs of the last step, float32
            [n, inputs].
    """

    network: Network
    compute_features: Callable[[np.ndarray], np.ndarray] = field(repr=False)

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Return the logits of the images, float32 [n, classes]."""
        last = self.network.last_step
        return self.compute_features(images) @ last.kernel + last.bias


def make_numpy_feature_extractor(network: Network) -> FeatureExtractor:
    """Return an extractor that computes the inputs of a network's last step with NumPy."""
    return FeatureExtractor(network, network.last_step_inputs)


@dataclass(frozen=True)
class TestLogitsQuestion:
    """Asks for the logits of a chunk of test images; the answer is float32 [n, classes]."""

    __test__ = False  # keeps pytest from collecting this class as a test

    test_image_count: int
    first_image_index: int

    def compute_answer(self, extractor: FeatureExtractor, dataset: Dataset) -> np.ndarray:
        return extractor.logits(
            dataset.x_test[self.first_image_index : self.first_image_index + CHUNK]
        )


@dataclass(frozen=True)
class UnitValuesQuestion:
    """Asks for the values of units on some test images; the answer is float16 [n, inputs].

    Units are neurons or filters of the last hidden layer; see ``surgery.unit_values``. A question
    covers one chunk of the images.
    """

    test_image_count: int
    first_image_index: int

    def compute_answer(self, extractor: FeatureExtractor, dataset: Dataset) -> np.ndarray:
        sample = robustness.stratified_sample(dataset.y_test, robustness.SAMPLE)[
            self.first_image_index : self.first_image_index + CHUNK
        ]
        values = unit_values(extractor.network, extractor.compute_features(dataset.x_test[sample]))
        with np.errstate(over="ignore"):
            return values.astype(np.float16)


@dataclass(frozen=True)
class ChangedImageAccuracyQuestion:
    """Asks for a network's accuracy on changed test images.

    The answer is int [2]: the number of correctly classified images and the number of tested
    images. A network with convolutions is tested on a sample, any other network on all test images.
    """

    test_image_count: int
    change_name: str
    strength: float

    def compute_answer(self, extractor: FeatureExtractor, dataset: Dataset) -> np.ndarray:
        if self.strength not in robustness.CHANGES.get(self.change_name, ()):
            raise ValueError(self.change_name)
        images = dataset.x_test
        labels = dataset.y_test
        is_convolutional = extractor.network.is_convolutional
        if is_convolutional:
            sample = robustness.stratified_sample(labels, robustness.SAMPLE)
            images = images[sample]
            labels = labels[sample]

        if not is_convolutional and self.change_name in robustness.LINEAR:
            change = robustness.make_linear_change(self.change_name, self.strength)
            logits = change.fold_change_into_network(extractor.network).logits(images)
        else:
            logits = extractor.logits(
                robustness.change_images(images, self.change_name, self.strength)
            )
        return np.array([np.sum(logits.argmax(axis=1) == labels), len(labels)])


@dataclass(frozen=True)
class CorrectTrainingCountQuestion:
    """Asks for the accuracy on a chunk of training images.

    The answer is int [2]: the number of correctly classified images and the size of the chunk.

    Attributes:
        trained_image_count: number of images the run trained on; later images are excluded.
    """

    test_image_count: int
    first_image_index: int
    trained_image_count: int

    def compute_answer(self, extractor: FeatureExtractor, dataset: Dataset) -> np.ndarray:
        chunk = slice(
            self.first_image_index,
            min(self.first_image_index + TRAINING_CHUNK, self.trained_image_count),
        )
        labels = dataset.y_train[chunk]
        return np.array(
            [np.sum(extractor.logits(dataset.x_train[chunk]).argmax(axis=1) == labels), len(labels)]
        )


@dataclass(frozen=True)
class CoveredLogitsQuestion:
    """Asks for the logits of an image with each of its pixels covered in turn."""

    test_image_count: int
    pixels: bytes = field(repr=False)
    cover_side: int = COVER_SIDE

    def compute_answer(self, extractor: FeatureExtractor, dataset: Dataset) -> np.ndarray:
        return extractor.logits(
            cover_each_pixel(_decode_image(self.pixels), min(self.cover_side, IMAGE_SHAPE[0]))[0]
        )


@dataclass(frozen=True)
class NearestTrainingImagesQuestion:
    """Asks for the training images of a chunk that are nearest to an image.

    The answer is float64 [4, n]. Rows 0 and 1 are the indices and squared distances measured in the
    hidden layer. Rows 2 and 3 are the indices and squared distances measured in pixels.

    Attributes:
        trained_image_count: number of images the run trained on; later images are excluded.
    """

    test_image_count: int
    first_image_index: int
    trained_image_count: int
    pixels: bytes = field(repr=False)

    def compute_answer(self, extractor: FeatureExtractor, dataset: Dataset) -> np.ndarray:
        image = _decode_image(self.pixels)
        chunk = dataset.x_train[
            self.first_image_index : min(
                self.first_image_index + TRAINING_CHUNK, self.trained_image_count
            )
        ]
        features = extractor.compute_features(np.concatenate([image[None], chunk]))
        hidden = nearest_images(self.first_image_index, features[1:], features[0])
        plain = nearest_images(
            self.first_image_index, chunk.reshape(len(chunk), -1), image.reshape(-1)
        )
        return np.stack([*hidden, *plain]).astype(float)


Question = (
    TestLogitsQuestion
    | UnitValuesQuestion
    | ChangedImageAccuracyQuestion
    | CorrectTrainingCountQuestion
    | CoveredLogitsQuestion
    | NearestTrainingImagesQuestion
)
QUESTIONS: dict[str, type[Question]] = {kind.__name__: kind for kind in get_args(Question)}


def answer_question(
    question: Question, extractor: FeatureExtractor, dataset: Dataset
) -> np.ndarray:
    """Return the answer to a question about a data set.

    Raises:
        ModelError: ``other_data``: the question refers to a different data set.
    """
    if len(dataset.x_test) != question.test_image_count:
        raise ModelError("other_data")
    return question.compute_answer(extractor, dataset)


def question_to_plain(question: Question) -> dict[str, object]:
    """Return a question as a dictionary of plain values, to be sent in a message."""
    return {"kind": type(question).__name__, **asdict(question)}


def question_from_plain(values: dict[str, Any]) -> Question:
    """Return the question from a dictionary that :func:`question_to_plain` made."""
    values = dict(values)
    return QUESTIONS[values.pop("kind")](**values)


def _decode_image(pixels: bytes) -> np.ndarray:
    return np.frombuffer(pixels, np.uint8).reshape(IMAGE_SHAPE)
