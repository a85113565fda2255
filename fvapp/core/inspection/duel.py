"""You against the network: twenty test images, as many hard as easy ones."""

import numpy as np

from fvapp.core.inspection.mistakes import TestAnswers

BANDS = (0.0, 0.5, 0.7, 0.9, 0.99)
"""Where each band of sureness begins. On Fashion-MNIST a dense network is right in 42, 60, 76, 93
and 99% of them.
"""

EACH = 4


def choose_images(answers: TestAnswers, seed: int) -> np.ndarray:
    """Choose 20 different test images, four from each band of the network's sureness, in a mixed
    order.

    Where a band has fewer, images of the other bands take their places; a small test set gives what
    it has.
    """
    generator = np.random.default_rng(seed)
    band = np.digitize(answers.sureness, BANDS[1:])
    mixed = generator.permutation(len(answers.sureness))
    chosen = np.concatenate([mixed[band[mixed] == each][:EACH] for each in range(len(BANDS))])
    missing = EACH * len(BANDS) - len(chosen)
    chosen = np.concatenate([chosen, np.setdiff1d(mixed, chosen, assume_unique=True)[:missing]])
    return generator.permutation(chosen)


def keep_score(answers: TestAnswers, images: np.ndarray, guesses: list[int]) -> tuple[int, int]:
    """Return the hits of the person and of the network over the images that were guessed, the first
    so many.
    """
    guessed = images[: len(guesses)]
    labels = answers.labels[guessed]
    person = int(np.sum(np.asarray(guesses, int) == labels)) if guesses else 0
    return person, int(np.sum(answers.answers[guessed] == labels))
