"""Classifies images with a network, and detects images that are unlike its training set."""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.datasets import DATASETS, READY_MADE, SHIPPED
from fvapp.core.errors import DatasetError, ModelError
from fvapp.core.inspection.decoding import read_keras_file
from fvapp.core.inspection.network import Network
from fvapp.core.places import SHIPPED_MODELS


@dataclass(frozen=True)
class ShippedModel:
    """The shipped model of a data set, and the limit below which an image is unlike the data set.

    Attributes:
        network: the pretrained model, with its calibrated temperature.
        min_familiar_evidence: an image with less evidence (see :func:`class_evidence`) counts as
            unlike the training set. For text this is minus infinity, so no image counts as unlike.
    """

    network: Network
    min_familiar_evidence: float


@cache
def load_shipped_model(name: str) -> ShippedModel:
    """Return the shipped model of a data set. Its files are read only once.

    Raises:
        DatasetError: the app ships no model for this data set.
        ModelError: ``shipped_model_damaged``: the model's files are missing or damaged.
    """
    if name not in READY_MADE:
        raise DatasetError("unknown_dataset", name=name[:40])
    return read_shipped_model(SHIPPED_MODELS, name)


def read_shipped_model(folder: Path, name: str) -> ShippedModel:
    """Return a shipped model read from ``<name>.keras`` and ``<name>.json`` in a folder."""
    network = read_keras_file(folder / f"{name}.keras")
    try:
        about = json.loads((folder / f"{name}.json").read_bytes())
        doubt = about["doubt"]["unlike_below"]
        return ShippedModel(network, -math.inf if doubt is None else float(doubt))
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelError("shipped_model_damaged", file=f"{name}.json") from None


def answer_images(
    network: Network, images: np.ndarray, dataset: str, stale: bool = False
) -> tuple[Answer, ...]:
    """Return a network's answer to each image.

    Args:
        images: uint8 [n, 28, 28].
        dataset: the data set that the network was trained on. The data set's shipped model, not
            `network`, decides which images are unlike the training set. Without a shipped model,
            no image counts as unlike.
        stale: whether the weights of `network` are older than those of its run, because the run
            is still training.

    Returns:
        An answer for each image.

    Raises:
        ModelError: ``model_other_weights``: the network has no output for one of the classes.
    """
    if network.class_count < DATASETS[dataset].class_count:
        raise ModelError("model_other_weights")
    logits = network.logits(images)
    unlike = np.zeros(len(logits), bool)
    if dataset in SHIPPED:
        shipped = load_shipped_model(dataset)
        doubted = logits if network is shipped.network else shipped.network.logits(images)
        unlike = class_evidence(doubted) < shipped.min_familiar_evidence
    rows = zip(network.to_shares(logits).tolist(), unlike.tolist(), strict=True)
    return tuple(Answer(tuple(row), is_unlike, stale) for row, is_unlike in rows)


def class_evidence(logits: np.ndarray) -> np.ndarray:
    """Return the evidence for each image's likeliest class, [n]: its logit minus the mean logit.

    If a network was trained to give all classes the same share for strange images, their evidence
    is nearly 0. An image between a 4 and a 9 has a low top probability but high evidence: it is
    ambiguous, not strange.
    """
    return logits.max(axis=1) - logits.mean(axis=1)
