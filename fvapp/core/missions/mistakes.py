"""Finds the most important line of a Keras error, and judges runs that are meant to fail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Literal

from fvapp.core.missions.trials import MissionRuns
from fvapp.core.missions.verdict import MissionVerdict
from fvapp.core.wording import loss_text, share_as_percent

# Both patterns match anywhere in the message, because TensorFlow writes a list of file names before
# the sentence that `_LABEL` finds.
# `_SHAPES` is for Keras' sparse_categorical_crossentropy: "Argument `output` must have rank (ndim)
# `target.ndim - 1`. Received: target.shape=(None,), output.shape=(None, 28, 10)".
# `_LABEL` is for TensorFlow's sparse cross-entropy kernel: "Received a label value of 9 which is
# outside the valid range of [0, 5).  Label values: ...".
_SHAPES = re.compile(r"[^\n]*must have rank[^\n]*output\.shape=\((?P<shape>[^)]*)\)")
_LABEL = re.compile(
    r"Received a label value of (?P<label>-?\d+) which is outside the valid range of \[0, (?P<end>\d+)\)"
)


@dataclass(frozen=True)
class ErrorLine:
    """The line of a Keras error message that shows the mistake.

    Attributes:
        error_kind: ``rank``: the output has the wrong number of dimensions; ``label``: the network
            has no output for a label; ``other``: any other error.
        number_texts: numbers from the line, as strings. For ``rank``, `shape` is the output shape
            for one image, and `count` is the number of values in this shape. For ``label``, `label`
            is the label without an output, and `last` is the highest label with an output.
    """

    error_kind: Literal["rank", "label", "other"]
    text: str
    number_texts: Mapping[str, str] = field(default_factory=dict)


def find_error_line(message: str) -> ErrorLine:
    """Return the line of an error message that shows the mistake, or the last line with letters."""
    if found := _SHAPES.search(message):
        # Leave out the first entry of the shape, which is the batch size or None.
        sizes = [int(size) for size in re.findall(r"\w+", found["shape"])[1:]]
        numbers = {"shape": " × ".join(map(str, sizes)), "count": str(prod(sizes))}
        return ErrorLine("rank", found[0], numbers)
    if found := _LABEL.search(message):
        numbers = {"label": found["label"], "last": str(int(found["end"]) - 1)}
        return ErrorLine("label", found[0], numbers)
    lines = [line for line in message.splitlines() if any(map(str.isalpha, line))]
    return ErrorLine("other", lines[-1] if lines else message)


def judge_expected_error(trials: MissionRuns, about: str) -> MissionVerdict:
    (trial,) = trials
    if trial.error is None or not trial.has_failed:
        return MissionVerdict(
            "not_held",
            {
                "loss": loss_text(trial.epochs[-1].loss),
                "test": share_as_percent(trial.test_accuracy),
            },
        )
    marked = find_error_line(trial.error.message)
    return (
        MissionVerdict("held", marked.number_texts)
        if marked.error_kind == about
        else MissionVerdict("within_noise")
    )
