"""Answers images with a network, and detects images that are unlike its training set."""

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
    """The shipped model of a data set; it can tell if an image is unlike its training set.

    Attributes:
        network: the model, with calibrated shares.
        unlike_below_evidence: the evidence below which an image is unlike anything in the training
            set; minus infinity for text, where no image counts as unlike.
    """

    network: Network
    unlike_below_evidence: float


@cache
def load_shipped_model(name: str) -> ShippedModel:
    """Return the shipped model of a data set, read once.

    Raises:
        DatasetError: no model ships for such a data set.
        ModelError: ``shipped_model_damaged``: its files are missing or damaged.
    """
    if name not in READY_MADE:
        raise DatasetError("unknown_dataset", name=name[:40])
    return read_shipped_model(SHIPPED_MODELS, name)


def read_shipped_model(folder: Path, name: str) -> ShippedModel:
    """Read ``<name>.keras`` and ``<name>.json`` from a folder, like :func:`load_shipped_model`."""
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
    """Return a network's answers to images.

    Args:
        images: uint8 [n, 28, 28].
        dataset: the data set that the network was trained on. Its shipped model decides which
            pictures are unlike anything in it, because this does not depend on `network`. Without a
            shipped model, no picture counts as unlike.
        stale: whether the network has earlier weights of a run that is still training.

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
        unlike = class_evidence(doubted) < shipped.unlike_below_evidence
    rows = zip(network.to_shares(logits).tolist(), unlike.tolist(), strict=True)
    return tuple(Answer(tuple(row), is_unlike, stale) for row, is_unlike in rows)


def class_evidence(logits: np.ndarray) -> np.ndarray:
    """Return the evidence for the likeliest class over that for the average class, [n].

    This is the largest logit minus the mean logit. It is nearly 0 for strange images if the network
    was trained to give all classes the same share for them. An image between a 4 and a 9 has a low
    top probability but high evidence: it is ambiguous, not strange.
    """
    return logits.max(axis=1) - logits.mean(axis=1)
