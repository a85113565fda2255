"""A course of lessons through all missions, and the parts of curricula that each mission covers.

Both are tables in ``course.toml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fvapp.core.schema import read_as
from fvapp.core.tables import read_toml_table


@dataclass(frozen=True)
class Lesson:
    """One lesson of the course. Its words are at ``course.<id>`` in the catalogue.

    Attributes:
        missions: ids, in the order of the lesson.
        minutes: length of each step; ``course.<id>.steps`` has a paragraph for each.
        measured: for the first and the second question, the mission whose typical result is part of
            the answer; an empty string if there is none.
        unplugged: the mission whose activity without a computer is part of the lesson.
    """

    id: str
    missions: tuple[str, ...]
    minutes: tuple[int, ...]
    measured: tuple[str, ...]
    unplugged: str


@dataclass(frozen=True)
class Course:
    """All lessons, and how the missions fit curricula.

    Attributes:
        frameworks: curricula. Their words and sources are ``course.serves.<framework>``.
        serves: mission -> the parts of curricula that it covers; one text for each framework.
    """

    lessons: tuple[Lesson, ...]
    frameworks: tuple[str, ...]
    serves: Mapping[str, tuple[str, ...]]


COURSE: Course = read_as(Course, read_toml_table(__file__, "course.toml"))
