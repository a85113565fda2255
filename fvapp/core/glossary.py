"""The words that a beginner meets, in the order in which they come up.

A word's entry is ``glossary.<word>`` in the catalogues: ``name``, ``text`` (a sentence or two) and
``alt`` (what its picture shows); the picture is a template of `fvapp.charts.glossary`. An entry for
several words, or for one in two languages, names all of them: "Weight, bias, parameter".
"""

import re

from fvapp.core.wording import Translate

WORDS = (
    # The data
    "label",
    "sets",
    "normalising",
    # The network
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
    # How it learns
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
    # How good it is
    "accuracy",
    "percentage_point",
    "confusion_matrix",
    "precision",
    "spread",
    # How long it learns
    "validation",
    "overfitting",
    "dropout",
    "early_stopping",
    "callback",
    # What the data does to it
    "bias",
    "shortcut",
    "transfer_learning",
    "fine_tuning",
    "forgetting",
    "model_card",
)

CHANCE_WORDS = ("seed", "percentage_point", "spread")
FIT_WORDS = ("validation", "loss", "overfitting")
"""Words that explain the comparison: of groups of runs, and of one run."""

MISTAKE_WORDS = ("confusion_matrix", "precision", "percentage_point")
SOFTMAX_WORDS = ("softmax", "temperature")
MAP_WORDS = ("convolution", "weight")
"""Words that explain a look inside a network: its mistakes, its answer, its feature maps."""


def explained_words(word: str, t: Translate) -> tuple[str, ...]:
    """Return the words that an entry explains, one by one: "Weight", "bias", "parameter"."""
    return tuple(
        filter(None, map(str.strip, re.split(r", | and |[、（）()]", t(f"glossary.{word}.name"))))
    )


def glossary_link(word: str) -> str:
    """Return the address, within the app, at which the glossary shows `word`."""
    return f"/missions?part=glossary&word={word}"
