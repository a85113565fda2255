"""The words a beginner meets, in the order in which they come up.

A word's entry is ``glossary.<word>`` in the catalogues: ``name``, ``text`` (a sentence or two) and ``alt`` (what its
picture shows); `fvapp.charts.glossary` draws the picture.
"""

from __future__ import annotations

WORDS = (
    "sequential",
    "flatten",
    "dense",
    "relu",
    "softmax",
    "adam",
    "cross_entropy",
    "epoch",
    "batch",
    "loss",
    "accuracy",
    "validation",
    "overfitting",
    "callback",
)

SETTING_WORDS = {
    "validation_split": "validation",
    "hidden": "dense",
    "activation": "relu",
    "flatten": "flatten",
    "output_units": "softmax",
    "epochs": "epoch",
    "batch_size": "batch",
    "optimizer": "adam",
    "target_metric": "callback",
    "patience": "overfitting",
}
"""The word that explains a setting, for the help of the form."""


def glossary_link(word: str) -> str:
    """Return the address, within the app, at which the glossary shows `word`."""
    return f"/lessons?view=glossary&word={word}"
