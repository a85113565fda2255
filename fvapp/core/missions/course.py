"""Reads the course: its lessons, their missions, and the parts of curricula that they cover.

Lessons and curricula are tables in ``course.toml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fvapp.core.schema import read_as_type
from fvapp.core.tables import read_toml_table


@dataclass(frozen=True)
class Lesson:
    """One lesson of the course. Its texts are at ``course.<id>`` in the catalogue.

    Attributes:
        missions: ids of the missions, in the order of the lesson.
        minutes: length of each step in minutes; ``course.<id>.steps`` has a paragraph for each
            step.
        measured: for each of the lesson's two questions, id of the mission whose typical result is
            part of the expected answer; an empty string if the answer contains no result.
        unplugged: the mission whose activity without a computer is part of the lesson.
    """

    id: str
    missions: tuple[str, ...]
    minutes: tuple[int, ...]
    measured: tuple[str, ...]
    unplugged: str


@dataclass(frozen=True)
class Course:
    """All lessons of the course, and how the missions fit curricula.

    Attributes:
        frameworks: names of curricula, whose texts and sources are at
            ``course.serves.<framework>``.
        serves: mission -> the parts of curricula that the mission covers, as one text for each
            framework.
    """

    lessons: tuple[Lesson, ...]
    frameworks: tuple[str, ...]
    serves: Mapping[str, tuple[str, ...]]


COURSE: Course = read_as_type(Course, read_toml_table(__file__, "course.toml"))
