"""The words a beginner meets, in the order in which they come up.

A word's entry is ``glossary.<word>`` in the catalogues: ``name``, ``text`` (a sentence or two) and ``alt`` (what its
picture shows); a template of `fvapp.charts.glossary` is that picture. Where an entry explains several words, or one
in two languages, its name holds all of them: "Weight, bias, parameter".
"""

import re

from fvapp.core.wording import Translate

WORDS = (
    *("label", "sets", "normalising"),  # the data
    *("sequential", "flatten", "dense", "neuron", "weight", "activation", "relu"),  # the network
    *("softmax", "temperature", "argmax", "convolution"),
    *("loss", "cross_entropy", "gradient", "step", "optimizer", "adam"),  # how it learns
    *("epoch", "batch", "mini_batch", "seed"),
    *("accuracy", "percentage_point", "confusion_matrix", "precision", "spread"),  # how good it is
    *("validation", "overfitting", "dropout", "early_stopping", "callback"),  # and how long
    *("bias", "shortcut", "transfer_learning", "fine_tuning", "forgetting", "model_card"),  # what data do to it
)

CHANCE_WORDS = ("seed", "percentage_point", "spread")
FIT_WORDS = ("validation", "loss", "overfitting")
"""The words that explain what the comparison says: of groups of runs, and of one run."""

MISTAKE_WORDS = ("confusion_matrix", "precision", "percentage_point")
SOFTMAX_WORDS = ("softmax", "temperature")
MAP_WORDS = ("convolution", "weight")
"""The words that explain what is seen inside a network: its mistakes, its answer, its feature maps."""


def names_of(word: str, t: Translate) -> tuple[str, ...]:
    """Return the words that an entry explains, each by itself: "Weight", "bias", "parameter"."""
    return tuple(filter(None, map(str.strip, re.split(r", | and |[、（）()]", t(f"glossary.{word}.name")))))


def glossary_link(word: str) -> str:
    """Return the address, within the app, at which the glossary shows `word`."""
    return f"/missions?part=glossary&word={word}"
