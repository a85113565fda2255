"""Defines school classes and students as stored rows, and checks their names and settings."""

import re
import unicodedata
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fvapp.core.classroom.rounds import Round, RoundEntry, StudentRound, round_group_name
from fvapp.core.dataset_table import MOST_DATASET_NAME
from fvapp.core.errors import EngineError
from fvapp.core.links import LOCKABLE
from fvapp.core.missions.table import MISSIONS
from fvapp.core.names import MOST_CHARACTERS, clean_name, count_visible_characters, lookalike_key
from fvapp.core.schema import Whole, has_length_between

CODE_LETTERS = "BCDFGHJKMNPRTVWX"
"""The letters that can occur in a join code.

Vowels are left out, so that no code is a word. L, Q, S and Z are left out, because they look like
other characters.
"""

CODE_LENGTH = 6
KEY_LENGTH = 16
NICKNAME_LENGTH = 2, 20
WALL_SECONDS = 3 * 3_600.0  # seconds for which the projector offers a student's network
NICKNAME_CODE_POINTS = 200  # maximum length in code points; one emoji may consist of ten
MOST_LINE = 300  # maximum length, in characters, of a line that a network wrote
MOST_SENTENCE = 120  # maximum characters in a teacher's sentence for all screens: two lines

_Text = Annotated[str, has_length_between(0, 200)]
_Names = Annotated[tuple[_Text, ...], has_length_between(0, 100)]


@dataclass(frozen=True)
class TeacherControls:
    """The teacher's settings for all screens of the students in a class.

    Attributes:
        up_to: id of the last mission that students can open; None if they can open all.
        pages: names of the pages that students cannot open.
        settings: names of the controls of the train page that are hidden.
        eyes_up: a sentence that covers every screen until the teacher removes it; empty if there is
            no sentence.
    """

    up_to: _Text | None = None
    pages: _Names = ()
    settings: _Names = ()
    eyes_up: _Text = ""

    def allows_mission(self, mission: str) -> bool:
        """Return whether students can open a mission."""
        ids = list(MISSIONS)
        return (
            self.up_to is None
            or self.up_to not in MISSIONS
            or ids.index(mission) <= ids.index(self.up_to)
        )


@dataclass(frozen=True)
class Assignment:
    """The missions that a class has to complete by a given date.

    Attributes:
        key: identifies the assignment in its link; like the class code, it lets a student join.
        due: the last day, such as ``2026-12-05``.
    """

    key: _Text
    missions: _Names
    due: _Text


@dataclass(frozen=True)
class StoredAnswer:
    """A student's answer to a question of a class round, never shown to the teacher.

    Attributes:
        part: whether the round took place "before" or "after" the lessons.
        item: number of the question, counted from 0.
        choice: name of the answer that the student chose.
        browser: hash of the token of the student's browser; only that browser may show the answer.
    """

    part: _Text
    item: Whole
    choice: _Text
    browser: _Text


_Counts = Annotated[tuple[Whole | None, ...], has_length_between(0, 100)]

ThinkChoices = tuple[tuple[str | None, ...], tuple[str | None, ...]]
"""A student's answers from before and from after the lessons; None for an unanswered question."""


@dataclass(frozen=True)
class AnswerTally:
    """Counts of students' answers, for their teacher; computed once, when the round ends.

    Attributes:
        part, form: "before" or "after" (the lessons), and the form (question sheet); an empty form
            stands for both forms together.
        students: number of students who answered at least one question.
        answered, right: for each question, the number of students who answered it, and who answered
            it correctly. None if too few students answered it; empty if too few took part.
        both: for each pair of questions, the number of students who answered both questions
            correctly; empty if pairs were not counted.
        held: for each misconception, the number of students who chose at least one answer that
            results from it. None if too few students answered a question that offers such an answer.
        more, fewer: number of students with more or fewer correct answers after the lessons than
            before the lessons; 0 if too few students changed.
    """

    part: _Text
    form: _Text
    students: Whole
    answered: _Counts = ()
    right: _Counts = ()
    both: _Counts = ()
    held: _Counts = ()
    more: Whole = 0
    fewer: Whole = 0


@dataclass(frozen=True)
class Classroom:
    """A school class, as the store holds it.

    Attributes:
        owner: id of the workspace of the teacher who controls the class.
        code: the join code; empty while the teacher has closed the class to students.
        key: a string, impossible to guess, that precedes the code in the link to the class. It
            changes with each new code.
        door: whether new students can join.
        revealed: missions whose results the projector may show.
        round: the round that is on the screens, or None.
        rounds: number of rounds that the class has had.
        data: name of the data set, made from what the class drew or wrote, that the teacher last
            gave to the class; empty if there is no such data set.
        assignments: the assignments of the class, oldest first.
        codes: whether a code or a printed card opens a student's work in another browser. This is
            possible only after the teacher has opened the private teacher link or typed the
            teacher password.
        tallies: counts of the answers to questions, kept after the rounds end.
        used: when the teacher or a student last did something in the class, in seconds since 1970.
    """

    id: str
    owner: str
    name: _Text
    language: _Text
    missions: _Names
    code: _Text = ""
    door: bool = True
    steering: TeacherControls = TeacherControls()
    revealed: _Names = ()
    round: Round | None = None
    rounds: Whole = 0
    data: Annotated[str, has_length_between(0, MOST_DATASET_NAME)] = ""
    assignments: Annotated[tuple[Assignment, ...], has_length_between(0, 100)] = ()
    codes: bool = False
    tallies: Annotated[tuple[AnswerTally, ...], has_length_between(0, 20)] = ()
    created: float = 0.0
    used: float = field(default=0.0, compare=False)
    key: _Text = ""

    @property
    def is_open_to_students(self) -> bool:
        return bool(self.code)

    @property
    def takes_new_students(self) -> bool:
        return self.is_open_to_students and self.door

    @property
    def class_link_code(self) -> str:
        """The code in the link and QR code of the class, which is longer than the typed `code`."""
        return self.key + self.code

    def is_link_code(self, code: str) -> bool:
        """Return whether a code is the long code in the link to the class or to an assignment."""
        return (bool(self.key) and code == self.class_link_code) or self.find_assignment(
            code
        ) is not None

    def find_assignment(self, key: str) -> Assignment | None:
        return next((assignment for assignment in self.assignments if assignment.key == key), None)

    def has_assignment_due(self, day: str) -> bool:
        """Return whether any assignment is due on or after a day such as ``2026-12-05``."""
        return any(assignment.due >= day for assignment in self.assignments)

    @property
    def current_round(self) -> Round:
        """The round that is on the screens.

        Raises:
            EngineError: ``no_round``: no round is on the screens.
        """
        if self.round is None:
            raise EngineError("no_round")
        return self.round

    @property
    def current_round_group_name(self) -> str | None:
        """The group name of the runs of the current round; None if there is no round."""
        return None if self.round is None else round_group_name(self.id, self.round.number)


@dataclass(frozen=True)
class WallNetwork:
    """A network that a student offers on the wall (the projector), to be downloaded as a file.

    Attributes:
        code: the code in the file's address.
        run: id of the network's run.
        name: the name that the student typed for this file.
        own_drawings: whether the file shows drawings of the student's own data set.
        language: the language of the file.
        since: when the student put the network on the wall, in seconds since 1970.
    """

    code: _Text
    run: _Text
    name: _Text = ""
    own_drawings: bool = False
    language: _Text = "en"
    since: float = 0.0


@dataclass(frozen=True)
class SentNetworkText:
    """The end of a text that a student's network wrote, sent by the student to the teacher.

    Attributes:
        typed: number of leading characters that the student typed, not the network.
        shown: whether the teacher has put the text on the projector.
    """

    text: Annotated[str, has_length_between(1, MOST_LINE)]
    typed: Whole = 0
    shown: bool = False


@dataclass(frozen=True)
class Student:
    """A student, or a pair of students, in a school class.

    Attributes:
        id: identifies the student on pages; it gives access to nothing.
        seat: the student's number in the class, which is the only link between a kept drawing and
            its student; 0 if the student has no number yet.
        offered: whether the app made the nickname, so that the projector may show it at once.
        shown: whether the teacher lets the projector show a nickname that the student made up.
        banned: whether the student's workspace is banned from the class.
        hand_at: when the student raised a hand; None while the hand is down.
        helped_at: when the teacher last marked the student as helped.
        entry: what the student did, such as a drawing, in the latest round that stores a student's
            work in this field.
        wall: the network that the student shows on the wall (the projector), or None.
        line: the line that the student wants to show to the class, or None.
        back, back_until: hash of the code that opens the student's work once in another browser
            (empty if there is no code), and when that code expires.
        card: hash of the code on the student's printed card.
        answers: the student's answers to questions, kept after the rounds end.
        noted_from: since when the student's work has been recorded as belonging to the class; 0 if
            it always has, negative if an earlier version of the app stored the student.
    """

    id: str
    workspace: str
    nickname: _Text
    offered: bool = False
    shown: bool = False
    joined: float = 0.0
    banned: bool = False
    hand_at: float | None = None
    helped_at: float = 0.0
    entry: RoundEntry | None = None
    wall: WallNetwork | None = None
    seat: Whole = 0
    back: _Text = ""
    back_until: float = 0.0
    card: _Text = ""
    answers: Annotated[tuple[StoredAnswer, ...], has_length_between(0, 100)] = field(
        default=(), repr=False
    )
    noted_from: float = -1.0
    line: SentNetworkText | None = None

    def entry_in(self, current: Round) -> RoundEntry:
        """Return what the student has done in the current round; an empty entry if nothing."""
        if self.entry is not None and self.entry.round == current.number:
            return self.entry
        return RoundEntry(current.number)


@dataclass(frozen=True)
class SeatKeys:
    """The ways to open a student's work other than the student's own browsers and recovery code.

    Attributes:
        class_id, class_name: id and name of the class.
        opens_by_code: whether a code from the teacher opens the student's work.
        opens_by_card: whether a printed card opens the student's work.
        is_card_pending: whether a card will open the work as soon as the teacher has opened the
            private teacher link.
        browser_count: how many browsers have opened the work by code or card.
        was_taken_elsewhere: whether the work was moved to another browser and can no longer be
            opened in this browser.
    """

    class_id: str
    class_name: str
    opens_by_code: bool
    opens_by_card: bool
    is_card_pending: bool
    browser_count: int
    was_taken_elsewhere: bool


@dataclass(frozen=True)
class StudentClassView:
    """A school class as one student sees it: all facts that this student's pages need.

    Attributes:
        wall_network_code: the code in the file address of the network that this student shows on
            the wall (the projector); empty if there is no such network.
        data: name of the data set that the teacher gave to the class.
        drawing_count: number of this student's drawings that the class has kept.
        think_choices: the student's answers to the questions before and after the lessons, from
            `kinds.think.revealed_choices`; None if they are not to be shown.
    """

    class_id: str
    class_name: str
    nickname: str
    is_hand_up: bool
    missions: tuple[str, ...]
    teacher_controls: TeacherControls
    round: StudentRound | None = None
    wall_network_code: str = ""
    data: str = ""
    drawing_count: int = 0
    think_choices: ThinkChoices | None = None


def remove_key_from_link_code(code: str) -> str:
    """Return the join code from the code in a class link, without the key that precedes it.

    Links made by earlier versions contain no key.
    """
    return code[KEY_LENGTH:] if len(code) == KEY_LENGTH + CODE_LENGTH else code


def parse_join_code(text: str) -> str | None:
    """Return a typed join code in its original form, or None if the text cannot be a join code.

    Case, spaces and hyphens do not matter.
    """
    letters = "".join(text[:40].upper().replace("-", " ").split())
    return letters if len(letters) == CODE_LENGTH and set(letters) <= set(CODE_LETTERS) else None


def check_nickname(text: str, taken: Iterable[str]) -> str:
    """Return a nickname in the form in which it is stored.

    Args:
        taken: nicknames of the other students in the class.

    Raises:
        EngineError: ``nickname_length``: the nickname is too short or too long;
            ``nickname_letters``: the nickname cannot be read aloud; ``nickname_taken``: another
            student has the same nickname.
    """
    least, most = NICKNAME_LENGTH
    name = clean_name(unicodedata.normalize("NFKC", text[: 50 * most]), NICKNAME_CODE_POINTS)
    if not least <= count_visible_characters(name) <= most or len(text) > 50 * most:
        raise EngineError("nickname_length", least=least, most=most)
    marks = sum(unicodedata.category(character)[0] == "M" for character in name)
    if not any(character.isalnum() for character in name) or 2 * marks > len(name):
        raise EngineError("nickname_letters")
    if lookalike_key(name) in map(lookalike_key, taken):
        raise EngineError("nickname_taken")
    return name


def check_class_name(text: str) -> str:
    """Return the name of a school class in the form in which it is stored.

    Raises:
        EngineError: ``class_unnamed``: the name is empty.
    """
    name = clean_name(text[: 50 * MOST_CHARACTERS])
    if not name:
        raise EngineError("class_unnamed")
    return name


def keep_known_missions(chosen: Iterable[str]) -> tuple[str, ...]:
    """Return the chosen missions that exist, in the order of the table of missions.

    Raises:
        EngineError: ``class_without_missions``: no chosen mission exists.
    """
    wanted = set(chosen)
    missions = tuple(mission for mission in MISSIONS if mission in wanted)
    if not missions:
        raise EngineError("class_without_missions")
    return missions


def clean_teacher_controls(steering: TeacherControls, pages: Collection[str]) -> TeacherControls:
    """Return a teacher's controls without unknown missions, pages and settings.

    Args:
        pages: names of the pages that a teacher can close to students.

    Raises:
        EngineError: ``sentence_length``: the sentence for all screens is too long.
    """
    sentence = " ".join(
        "".join(c if c.isprintable() else " " for c in steering.eyes_up[:1_000]).split()
    )
    if len(sentence) > MOST_SENTENCE:
        raise EngineError("sentence_length", most=MOST_SENTENCE)
    return TeacherControls(
        steering.up_to if steering.up_to in MISSIONS else None,
        tuple(page for page in pages if page in steering.pages),
        tuple(sorted(LOCKABLE & set(steering.settings))),
        sentence,
    )


def combine_nicknames(first: str, second: str, pattern: str) -> tuple[str, ...]:
    """Return all nicknames that combine a word from each of two comma-separated lists."""
    return tuple(
        pattern.format(first=first_word, second=second_word)
        for first_word in _split_words(first)
        for second_word in _split_words(second)
    )


def next_seat_number(students: Iterable[Student]) -> int:
    """Return a seat number that no student of a class has."""
    return 1 + max((student.seat for student in students), default=0)


def wall_network_code(student: Student, runs: Container[str], now: float) -> str:
    """Return the code in the file address of the network that a student projects, or "".

    The network is no longer offered after its run is deleted, or after `WALL_SECONDS`.

    Args:
        runs: ids of the runs that the student still has.
    """
    wall = student.wall
    return wall.code if wall and wall.run in runs and 0 <= now - wall.since < WALL_SECONDS else ""


def make_student_class_view(classroom: Classroom, student: Student) -> StudentClassView:
    """Return a student's view of the school class; the caller adds the round and the drawings."""
    return StudentClassView(
        class_id=classroom.id,
        class_name=classroom.name,
        nickname=student.nickname,
        is_hand_up=student.hand_at is not None,
        missions=classroom.missions,
        teacher_controls=classroom.steering,
        data=classroom.data,
    )


def unused_school_classes(
    classrooms: Mapping[str, Classroom], now: float, days: int
) -> list[Classroom]:
    """Return the classes that nobody has used for more than `days` days."""
    return [classroom for classroom in classrooms.values() if now - classroom.used > days * 86_400]


def _split_words(text: str) -> list[str]:
    return [word.strip() for word in re.split("[,，、]", text) if word.strip()]
