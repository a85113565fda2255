"""The table of glossary entries, in the order in which a beginner meets the words.

For each word, ``glossary.<word>`` in the catalogues holds its ``name``, a ``text`` of a sentence or
two, and ``alt``, which describes its picture. The picture is a template of `fvapp.charts.glossary`.
If an entry explains several words, or gives a word in two languages, its name lists them all:
"Weight, bias, parameter".
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
    # Words about how training data affects a network
    "bias",
    "shortcut",
    "transfer_learning",
    "fine_tuning",
    "forgetting",
    "model_card",
)

CHANCE_WORDS = ("seed", "percentage_point", "spread")
FIT_WORDS = ("validation", "loss", "overfitting")
"""Glossary words linked from comparisons (`CHANCE_WORDS`) and from a run's curves (`FIT_WORDS`)."""

MISTAKE_WORDS = ("confusion_matrix", "precision")
SOFTMAX_WORDS = ("softmax", "temperature")
MAP_WORDS = ("convolution", "weight")
"""Glossary words linked from a network's mistakes, from its answer and from its feature maps.

In this order, the constants are `MISTAKE_WORDS`, `SOFTMAX_WORDS` and `MAP_WORDS`.
"""


def split_glossary_entry(word: str, t: Translate) -> tuple[str, ...]:
    """Return the words that a glossary entry explains, such as "Weight", "bias" and "parameter"."""
    return tuple(
        filter(None, map(str.strip, re.split(r", | and |[、（）()]", t(f"glossary.{word}.name"))))
    )


def glossary_link(word: str) -> str:
    """Return the address within the app at which the glossary explains `word`."""
    return f"/missions?part=glossary&word={word}"
