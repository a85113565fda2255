"""Verdicts on pictures and answers, without a training of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.missions.verdict import Outcome, Verdict
from fvapp.core.wording import Difference, percent

ABOUT_HALF = range(45, 56)  # per cent, as they are shown
CLOSE = 0.1


def judge_pixels(index: int, image: np.ndarray) -> Verdict:
    """Judge "more than half of an image's numbers are 0"; what is shown as 45% to 55% is about half.

    Args:
        index: of the training image.
        image: `uint8` [28, 28].
    """
    zeros = int((image == 0).sum())
    share = zeros / image.size
    shown = int(percent(share, 0).removesuffix("%"))
    outcome: Outcome = "within_noise" if shown in ABOUT_HALF else "held" if shown > 50 else "not_held"
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
    if not np.isfinite(shares).all():
        return Verdict("broken", further=("page.broken",))
    first, second = sorted(range(len(shares)), key=shares.__getitem__, reverse=True)[:2]
    lead = Difference.of(shares[second], shares[first])
    close = float(lead.points) < 100 * CLOSE
    outcome: Outcome = "within_noise" if close else "held" if first == label else "not_held"
    return Verdict(
        outcome,
        {
            "biggest": lead.after,
            "name": class_name(first),
            "second": lead.before,
            "second_name": class_name(second),
            "label": str(label),
            "label_name": class_name(label),
            "position": str(first),
            "sum": f"{sum(shares):.4f}",
        },
    )


def judge_sureness(short: Answer, long: Answer, label: int, class_name: Callable[[int], str]) -> Verdict:
    """Judge "trained longer, a network is surer of the same image".

    held: it is, and right; neither: it is surer, and wrong; not_held: it is not surer, as far as is shown.

    Args:
        short, long: what the two networks say about the image.
        label: its true class.
        class_name: from a label to its name in words.
    """
    surer = long.confidence > short.confidence and percent(long.confidence) != percent(short.confidence)
    outcome: Outcome = "not_held" if not surer else "held" if long.label == label else "neither"
    return Verdict(
        outcome,
        {
            "label": str(label),
            "name": class_name(label),
            "short_name": class_name(short.label),
            "short_share": percent(short.confidence),
            "long_name": class_name(long.label),
            "long_share": percent(long.confidence),
        },
    )


def describe_spare(answers: Sequence[Answer]) -> Mapping[str, str]:
    """Return in words what the outputs beyond the classes got, together, over several images."""
    spare = [sum(answer.probabilities[10:]) for answer in answers]
    return {"images": str(len(spare)), "mean": _small(fmean(spare)), "most": _small(max(spare))}


def _small(share: float) -> str:
    """Return a share as per cent with two digits that count, where one decimal would say 0."""
    return percent(share) if share >= 0.001 else f"{100 * share:.2g}%"
