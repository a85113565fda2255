"""Verdicts on pictures and answers, without a training of their own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.lessons.verdict import Outcome, Verdict
from fvapp.core.wording import percent

ABOUT_HALF = 0.05
CLOSE = 0.1


def judge_pixels(index: int, image: np.ndarray) -> Verdict:
    """Judge "more than half of a picture's numbers are 0"; within five per cent of half it is about half.

    Args:
        index: of the training image.
        image: `uint8` [28, 28].
    """
    zeros = int((image == 0).sum())
    share = zeros / image.size
    outcome: Outcome = "within_noise" if abs(share - 0.5) <= ABOUT_HALF else "held" if share > 0.5 else "not_held"
    return Verdict(
        outcome,
        {
            "index": str(index),
            "zeros": str(zeros),
            "share": percent(share, 0),
            "largest": str(int(image.max())),
            "scaled": f"{image.max() / 255:.2f}",
        },
    )


def judge_answer(answer: Answer, label: int, class_name: Callable[[int], str]) -> Verdict:
    """Judge "the biggest of the ten shares belongs to the right class"; closer than 0.1 to the next it is too close.

    Args:
        answer: what the visitor's network says about the picture.
        label: the picture's true class.
        class_name: from a label to its name in words.
    """
    shares = answer.probabilities
    first, second = sorted(range(len(shares)), key=shares.__getitem__, reverse=True)[:2]
    close = shares[first] - shares[second] < CLOSE
    outcome: Outcome = "within_noise" if close else "held" if first == label else "not_held"
    return Verdict(
        outcome,
        {
            "biggest": percent(shares[first]),
            "name": class_name(first),
            "second": percent(shares[second]),
            "second_name": class_name(second),
            "label": str(label),
            "label_name": class_name(label),
            "position": str(first),
            "sum": f"{sum(shares):.4f}",
        },
    )
