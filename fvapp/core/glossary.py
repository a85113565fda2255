"""The words that a beginner meets, in the order in which they come up.

A word's entry is ``glossary.<word>`` in the catalogues: ``name``, ``text`` (a sentence or two) and
``alt`` (what its picture shows); the picture is a template of `fvapp.charts.glossary`. An entry for
several words, or for one in two languages, names all of them: "Weight, bias, parameter".
"""

import re

from fvapp.core.wording import Translate

WORDS = (
    # Words about the data
    "label",
    "sets",
    "normalising",
    # Words about the network
    "sequential",
    "flatten",
    "dense",
    "neuron",
    "weight",
    "activation",
    "relu",
    "softmax",
    "temperature",
    "argmax",
    "convolution",
    # Words about how a network learns
    "loss",
    "cross_entropy",
    "gradient",
    "step",
    "optimizer",
    "adam",
    "epoch",
    "batch",
    "mini_batch",
    "seed",
    # Words about how good a network is
    "accuracy",
    "percentage_point",
    "confusion_matrix",
    "precision",
    "spread",
    # Words about how long a network learns
    "validation",
    "overfitting",
    "dropout",
    "early_stopping",
    "callback",
    # Words about what the data does to a network
    "bias",
    "shortcut",
    "transfer_learning",
    "fine_tuning",
    "forgetting",
    "model_card",
)

CHANCE_WORDS = ("seed", "percentage_point", "spread")
FIT_WORDS = ("validation", "loss", "overfitting")
"""Words that explain the comparison of groups of runs (chance), and of one run's curves (fit)."""

MISTAKE_WORDS = ("confusion_matrix", "precision", "percentage_point")
SOFTMAX_WORDS = ("softmax", "temperature")
MAP_WORDS = ("convolution", "weight")
"""Words that explain a network's mistakes, its answer (softmax) and its feature maps."""


def split_entry_words(word: str, t: Translate) -> tuple[str, ...]:
    """Return the single words that an entry explains, such as "Weight", "bias", "parameter"."""
    return tuple(
        filter(None, map(str.strip, re.split(r", | and |[、（）()]", t(f"glossary.{word}.name"))))
    )


def glossary_link(word: str) -> str:
    """Return the address, within the app, at which the glossary shows `word`."""
    return f"/missions?part=glossary&word={word}"
