"""A course: lessons that lead through all missions, and the parts of curricula that a mission
serves.

Both are tables in ``course.toml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fvapp.core.schema import read
from fvapp.core.tables import read_table


@dataclass(frozen=True)
class Lesson:
    """A row of the course. Its words are ``course.<id>``.

    Attributes:
        missions: their ids, in the order of the lesson.
        minutes: of each of its steps, one for each paragraph of ``course.<id>.steps``.
        measured: of the first and the second question, the mission whose typical result belongs to
            the answer; empty where none does.
        unplugged: the mission whose activity without a computer it has.
    """

    id: str
    missions: tuple[str, ...]
    minutes: tuple[int, ...]
    measured: tuple[str, ...]
    unplugged: str


@dataclass(frozen=True)
class Course:
    """The whole of it.

    Attributes:
        frameworks: curricula. Their words and sources are ``course.serves.<framework>``.
        serves: of each mission, the parts of these that it serves; several of one stand in one
            text.
    """

    lessons: tuple[Lesson, ...]
    frameworks: tuple[str, ...]
    serves: Mapping[str, tuple[str, ...]]


COURSE: Course = read(Course, read_table(__file__, "course.toml"))
