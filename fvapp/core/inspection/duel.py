"""Prepares and scores a duel in which a person and a network classify the same 20 test images."""

import numpy as np

from fvapp.core.inspection.mistakes import TestAnswers

BANDS = (0.0, 0.5, 0.7, 0.9, 0.99)
"""Lower bounds of the bands into which answers are sorted by confidence.

The surer an answer is, the more often it is correct: a dense network classified 42, 60, 76, 93 and
99% of the Fashion-MNIST images in the five bands correctly.
"""

IMAGES_PER_BAND = 4
MOST_IMAGES = len(BANDS) * IMAGES_PER_BAND


def choose_duel_images(answers: TestAnswers, seed: int) -> np.ndarray:
    """Choose 20 test images for a duel, four from each of the five bands of network confidence.

    If a band has fewer than four images, images from other bands fill the gap. If the test set has
    fewer than 20 images, all of them are chosen. The order is random.
    """
    generator = np.random.default_rng(seed)
    band = np.digitize(answers.confidence, BANDS[1:])
    mixed = generator.permutation(len(answers.confidence))
    chosen = np.concatenate(
        [mixed[band[mixed] == number][:IMAGES_PER_BAND] for number in range(len(BANDS))]
    )
    others = np.setdiff1d(mixed, chosen, assume_unique=True)
    return generator.permutation(np.concatenate([chosen, others])[:MOST_IMAGES])


def count_duel_hits(
    answers: TestAnswers, images: np.ndarray, guesses: list[int]
) -> tuple[int, int]:
    """Return how many images the person and the network have classified correctly so far."""
    guessed = images[: len(guesses)]
    labels = answers.true_labels[guessed]
    person = int(np.sum(np.asarray(guesses, int) == labels)) if guesses else 0
    return person, int(np.sum(answers.predicted_labels[guessed] == labels))
