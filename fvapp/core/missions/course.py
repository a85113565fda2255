"""A course: six lessons that lead through all missions, and the parts of curricula that a mission serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """A row of the course. Its words are ``course.<id>``.

    Attributes:
        missions: their ids, in the order of the lesson.
        minutes: of each of its steps, one for each paragraph of ``course.<id>.steps``.
        measured: of the first and the second question, the mission whose typical result belongs to the answer, or None.
        unplugged: the mission whose activity without a computer it has.
    """

    id: str
    missions: tuple[str, ...]
    minutes: tuple[int, ...]
    measured: tuple[str | None, str | None]
    unplugged: str


_STEPS = (5, 10, 12, 12, 6)

COURSE = (
    Lesson("numbers", ("look",), (5, 10, 15, 10, 5), (None, "look"), "look"),
    Lesson(
        "network",
        ("network", "outputs", "neurons", "no_flatten", "five_outputs", "layers"),
        (5, 10, 8, 8, 14),
        ("network", "outputs"),
        "network",
    ),
    Lesson("learning", ("one_step", "epochs", "raw_pixels", "callback"), _STEPS, ("one_step", "epochs"), "one_step"),
    Lesson("data", ("missing", "wrong_labels", "confusion"), _STEPS, ("missing", "wrong_labels"), "missing"),
    Lesson("inside", ("wrong_reason", "inside_neuron"), _STEPS, ("inside_neuron", "wrong_reason"), "wrong_reason"),
    Lesson("own", ("teach", "only_me"), (5, 10, 10, 12, 8), (None, None), "only_me"),
)

SERVES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ai4k12": {
        "perception": ("look", "raw_pixels", "inside_neuron"),
        "representation": ("network", "outputs", "no_flatten", "five_outputs", "layers", "inside_neuron"),
        "learning": (
            *("network", "one_step", "neurons", "layers", "epochs", "raw_pixels", "callback"),
            *("confusion", "wrong_labels", "missing", "wrong_reason", "teach", "only_me"),
        ),
        "impact": ("missing", "wrong_reason", "only_me"),
    },
    "edb": {
        "basics": (
            *("network", "one_step", "outputs", "neurons", "no_flatten", "five_outputs", "layers", "epochs"),
            *("raw_pixels", "callback", "wrong_labels", "teach", "only_me"),
        ),
        "vision": ("look", "raw_pixels", "inside_neuron", "confusion", "wrong_reason"),
        "ethics": ("missing", "wrong_reason", "only_me"),
        "society": ("missing",),
    },
    "guideline": {
        "concepts": ("look", "network", "outputs"),
        "principles": (
            *("one_step", "neurons", "no_flatten", "five_outputs", "layers", "epochs", "raw_pixels", "callback"),
            *("inside_neuron", "confusion", "wrong_labels", "teach", "only_me"),
        ),
        "ethics": ("missing", "wrong_reason", "only_me"),
        "society": ("missing",),
    },
}
"""Of each framework, by its parts: the missions that serve them. Words and source: ``course.serves.<framework>``."""
