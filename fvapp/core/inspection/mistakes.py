"""Analyses a network's mistakes on test images: confusion matrix, precision and recall."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

UNLIKELY = 0.05
"""A label is doubtful if all networks find it less likely than this and agree on another class."""


@dataclass(frozen=True)
class TestAnswers:
    """A network's answers on a test set.

    Attributes:
        true_labels: the true classes, [n].
        predicted_labels: the network's answers, [n].
        confidence: the share of the network's answer, [n].
        true_class_share: the share of the true class, [n]; 0 if the network has no output for this
            class.
        class_count: the number of classes.
    """

    __test__ = False  # keeps pytest from collecting this class as a test

    true_labels: np.ndarray = field(repr=False)
    predicted_labels: np.ndarray = field(repr=False)
    confidence: np.ndarray = field(repr=False)
    true_class_share: np.ndarray = field(repr=False)
    class_count: int

    @property
    def accuracy(self) -> float:
        return float(np.mean(self.predicted_labels == self.true_labels))

    @property
    def misclassified_images(self) -> np.ndarray:
        """The indices of misclassified images, the image with the surest answer first."""
        return self._sort_surest_first(np.flatnonzero(self.predicted_labels != self.true_labels))

    @property
    def least_sure_images(self) -> np.ndarray:
        """The indices of all images, the image with the least sure answer first."""
        return np.argsort(self.confidence, kind="stable")

    def confusion_matrix(self) -> np.ndarray:
        """Return how often each class (row) gets each answer (column), int [classes, classes]."""
        pairs = self.true_labels.astype(int) * self.class_count + self.predicted_labels
        return np.bincount(pairs, minlength=self.class_count**2).reshape(
            self.class_count, self.class_count
        )

    def images_in_confusion_cell(self, label: int, answer: int) -> np.ndarray:
        """Return the indices of images with this label and this answer, the surest answer first."""
        return self._sort_surest_first(
            np.flatnonzero((self.true_labels == label) & (self.predicted_labels == answer))
        )

    def _sort_surest_first(self, images: np.ndarray) -> np.ndarray:
        return images[np.argsort(-self.confidence[images], kind="stable")]


def answers_from_shares(shares: np.ndarray, labels: np.ndarray, classes: int) -> TestAnswers:
    """Return a network's test answers, given its class shares [n, outputs] and the true labels."""
    labels = np.asarray(labels)
    known = np.minimum(labels, shares.shape[1] - 1)
    true_share = np.where(
        labels == known, np.take_along_axis(shares, known[:, None], axis=1)[:, 0], 0.0
    )
    answers = shares.argmax(axis=1)
    confidence = np.take_along_axis(shares, answers[:, None], axis=1)[:, 0]
    return TestAnswers(
        labels, answers, confidence.astype(np.float32), true_share.astype(np.float32), classes
    )


def count_correct_by_class(
    labels: np.ndarray, answers: np.ndarray, classes: int
) -> tuple[tuple[int, int], ...]:
    """Return the number of correctly classified images and of all images, for each class.

    Args:
        labels, answers: the true classes and the network's answers, [n].
    """
    counts = (
        np.bincount(counted, minlength=classes)[:classes]
        for counted in (labels[answers == labels], labels)
    )
    return tuple(zip(*(count.tolist() for count in counts), strict=True))


def precision_and_recall(confusion: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return precision and recall of each class, both [classes].

    Precision is nan if the class is never the answer; recall is nan if the class has no images.
    """
    right = np.diag(confusion).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return right / confusion.sum(axis=0), right / confusion.sum(axis=1)


def most_confused_pair(confusion: np.ndarray) -> tuple[int, int, int] | None:
    """Return the most frequent mistake as (class, wrong answer, count); None without mistakes."""
    wrong = confusion - np.diag(np.diag(confusion))
    label, answer = np.unravel_index(wrong.argmax(), wrong.shape)
    return (int(label), int(answer), int(wrong[label, answer])) if wrong[label, answer] else None


def find_mislabelled_images(networks: Sequence[TestAnswers]) -> np.ndarray:
    """Return the indices of images that several networks agree are probably mislabelled.

    All networks find the label of such an image unlikely, and agree on another class. The image
    with the least likely label comes first. Pass at least two networks, because a single network
    that is sure of a wrong label is usually wrong itself.
    """
    first = networks[0]
    agree = np.all(
        [network.predicted_labels == first.predicted_labels for network in networks], axis=0
    )
    unlikely = np.all([network.true_class_share < UNLIKELY for network in networks], axis=0)
    found = np.flatnonzero(agree & unlikely & (first.predicted_labels != first.true_labels))
    highest = np.max([network.true_class_share for network in networks], axis=0)
    return found[np.argsort(highest[found], kind="stable")]
