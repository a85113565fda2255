"""A course: six lessons that lead through all missions, and the parts of curricula that a mission serves."""

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

FRAMEWORKS = ("ai4k12", "edb", "guideline")
"""Curricula. Their words and sources are ``course.serves.<framework>``."""

SERVES: Mapping[str, tuple[str, str, str]] = {
    "look": ("perception", "vision", "concepts"),
    "network": ("representation learning", "basics", "concepts"),
    "one_step": ("learning", "basics", "principles"),
    "outputs": ("representation", "basics", "concepts"),
    "neurons": ("learning", "basics", "principles"),
    "no_flatten": ("representation", "basics", "principles"),
    "five_outputs": ("representation", "basics", "principles"),
    "layers": ("representation learning", "basics", "principles"),
    "epochs": ("learning", "basics", "principles"),
    "raw_pixels": ("perception learning", "basics vision", "principles"),
    "callback": ("learning", "basics", "principles"),
    "inside_neuron": ("perception representation", "vision", "principles"),
    "confusion": ("learning", "vision", "principles"),
    "wrong_labels": ("learning", "basics", "principles"),
    "missing": ("learning impact", "ethics society", "ethics society"),
    "wrong_reason": ("learning impact", "vision ethics", "ethics"),
    "teach": ("learning", "basics", "principles"),
    "only_me": ("learning impact", "basics ethics", "principles ethics"),
}
"""Of each mission, the parts of the :data:`FRAMEWORKS` that it serves."""
