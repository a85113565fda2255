"""Who is in a class, and what its teacher has set: the rows, and what is let into them."""

import unicodedata
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fvapp.core.classroom.rounds import Entry, Round, StudentRound, group_of
from fvapp.core.errors import EngineError
from fvapp.core.links import LOCKABLE
from fvapp.core.missions.table import MISSIONS
from fvapp.core.names import MOST_CHARACTERS, as_read, clean_name, count_seen
from fvapp.core.schema import Whole, has_length

CODE_LETTERS = "BCDFGHJKMNPRTVWX"
"""No vowels, so that no code is a word, and none that reads like another: no L, Q, S or Z."""

CODE_LENGTH = 6
KEY_LENGTH = 16
NICKNAME_LENGTH = 2, 20
WALL_SECONDS = 3 * 3_600.0  # a morning, should nobody take a network off the wall
NICKNAME_CODE_POINTS = 200  # ten for each character, as many as an emoji has
MOST_SENTENCE = 120  # characters of what is said to all screens: two lines on a projector

_Text = Annotated[str, has_length(0, 200)]
_Names = Annotated[tuple[_Text, ...], has_length(0, 100)]


@dataclass(frozen=True)
class Steering:
    """What the teacher has set for all screens of the class.

    Attributes:
        up_to: id of the last mission that is open, None for all of them.
        pages: names of the pages that are closed.
        settings: names of the controls of the train page that are hidden.
        eyes_up: a sentence that covers every screen until it is taken away; empty for none.
    """

    up_to: _Text | None = None
    pages: _Names = ()
    settings: _Names = ()
    eyes_up: _Text = ""

    def allows(self, mission: str) -> bool:
        """Return whether a mission is open."""
        ids = list(MISSIONS)
        return (
            self.up_to is None
            or self.up_to not in MISSIONS
            or ids.index(mission) <= ids.index(self.up_to)
        )


@dataclass(frozen=True)
class Assignment:
    """What a class is to do, and by what day.

    Attributes:
        key: names it in its link, and lets somebody join as the code of the class does.
        due: such as ``2026-12-05``.
    """

    key: _Text
    missions: _Names
    due: _Text


@dataclass(frozen=True)
class KeptAnswer:
    """What a student answered in a round and keeps when it has ended. No page of a teacher is given
    it.

    Attributes:
        part: the subject of the round.
        item: number of the question, from 0.
        choice: name of the answer.
        browser: hash of the token of the browser that gave it, which alone may show it.
    """

    part: _Text
    item: Whole
    choice: _Text
    browser: _Text


_Counts = Annotated[tuple[Whole | None, ...], has_length(0, 100)]


@dataclass(frozen=True)
class Tally:
    """What teachers are told of such answers: counts, made as their round ends and never again.

    Attributes:
        part, form: of the questions; the form is empty for all of them together.
        students: how many answered at least one.
        answered, right: of each question; None where too few answered it, empty where too few took
            part.
        both: how many are right in both of two questions, for `combinations_with_replacement` of
            them, or empty.
        held: of each misconception, how many chose at least one answer that it explains.
        more, fewer: how many have more right answers than in the part before, and how many fewer;
            or 0.
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
    """A class.

    Attributes:
        owner: id of the teacher's workspace: its teacher controls the class.
        code: by which one joins; empty while the class is closed.
        key: what cannot be guessed, before the code in the class's link; a new one with each code.
        door: whether somebody new may join.
        revealed: missions whose results the projector may show.
        round: what the class does together at the moment, None for nothing.
        rounds: how many there have been.
        data: name of the data set that its drawings make, as it was last given to the class; empty
            for none.
        assignments: the latest one last.
        codes: whether codes and cards may open the seats: its teacher has shown the teacher's
            address, or typed a word.
        tallies: of answers that outlive their round.
        used: when its teacher or a student last did something, in seconds since 1970.
    """

    id: str
    owner: str
    name: _Text
    language: _Text
    missions: _Names
    code: _Text = ""
    door: bool = True
    steering: Steering = Steering()
    revealed: _Names = ()
    round: Round | None = None
    rounds: Whole = 0
    data: Annotated[str, has_length(0, 700)] = ""
    assignments: Annotated[tuple[Assignment, ...], has_length(0, 100)] = ()
    codes: bool = False
    tallies: Annotated[tuple[Tally, ...], has_length(0, 20)] = ()
    created: float = 0.0
    used: float = field(default=0.0, compare=False)
    key: _Text = ""

    @property
    def open(self) -> bool:
        return bool(self.code)

    @property
    def link_code(self) -> str:
        """What the class's link and its QR code have in place of the code that one types."""
        return self.key + self.code

    def is_linked(self, code: str) -> bool:
        """Return whether a code is from the class's link or an assignment's, which nobody can
        guess.
        """
        return (bool(self.key) and code == self.link_code) or self.assignment(code) is not None

    def assignment(self, key: str) -> Assignment | None:
        return next((each for each in self.assignments if each.key == key), None)

    def assigns(self, day: str) -> bool:
        """Return whether there is something to do until a day, such as ``2026-12-05``, or a later
        one.
        """
        return any(each.due >= day for each in self.assignments)

    @property
    def current(self) -> Round:
        """The round that is on the screens.

        Raises:
            EngineError: ``no_round``.
        """
        if self.round is None:
            raise EngineError("no_round")
        return self.round

    @property
    def group(self) -> str | None:
        """The group of the runs of the round that is on the screens, revealed or not, or None."""
        return None if self.round is None else group_of(self.id, self.round.number)


@dataclass(frozen=True)
class OnWall:
    """A network that a student shows on the wall of the class. Its file is made when somebody asks
    for it.

    Attributes:
        code: in the file's address; `run`: the id of the network's run.
        name: as the student typed it for this file.
        own_drawings: whether the file shows drawings of an own data set.
        language: of the file's words.
        since: in seconds since 1970.
    """

    code: _Text
    run: _Text
    name: _Text = ""
    own_drawings: bool = False
    language: _Text = "en"
    since: float = 0.0


@dataclass(frozen=True)
class Student:
    """A student or a pair in a class.

    Attributes:
        id: by which pages call them; it opens nothing.
        seat: a number that drawings are kept by, as nothing may say whose they are; 0 for none yet.
        offered: whether the nickname is one of those that the app makes, which the projector shows
            at once.
        shown: whether the teacher lets the projector show one of their own making.
        banned: whether the workspace may not come back.
        hand_at: when the hand went up, None while it is down.
        helped_at: when the teacher last said that this one was helped.
        entry: what this one has done in the latest round that needed a row for it.
        wall: the network that this one shows on the wall, None for none.
        back, back_until: hash of the code that opens the seat elsewhere once, and until when; empty
            for none.
        card: hash of the code on the seat's printed card.
        answers: those that outlive their round.
        noted_from: since when what is done here is noted as the class's; 0 for a seat that was
            taken later than that, less for one that an earlier version has written.
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
    entry: Entry | None = None
    wall: OnWall | None = None
    seat: Whole = 0
    back: _Text = ""
    back_until: float = 0.0
    card: _Text = ""
    answers: Annotated[tuple[KeptAnswer, ...], has_length(0, 100)] = field(default=(), repr=False)
    noted_from: float = -1.0


@dataclass(frozen=True)
class SeatDoors:
    """What opens the work of a seat beside its student's own browsers and recovery code.

    Attributes:
        classroom, name: of the class.
        code: whether a code from the board opens it.
        card: whether a printed card does; `sleeps`: it will, once the teacher has shown the
            teacher's address.
        browsers: how many have it open by one of them.
        elsewhere: whether it was taken to another browser, and this one no longer has it.
    """

    classroom: str
    name: str
    code: bool
    card: bool
    sleeps: bool
    browsers: int
    elsewhere: bool


@dataclass(frozen=True)
class Seat:
    """A class as one of its students sees it: what each of their pages is drawn by.

    Attributes:
        network: code of the network's file that this student shows on the wall, empty for none.
        data: name of the data set that the class was given.
        drawings: how many of this student's the class has kept.
    """

    classroom: str
    name: str
    nickname: str
    hand: bool
    missions: tuple[str, ...]
    steering: Steering
    round: StudentRound | None = None
    network: str = ""
    data: str = ""
    drawings: int = 0


def without_key(code: str) -> str:
    """Return the code of a class's link as one would type it; links of earlier versions have
    nothing before it.
    """
    return code[KEY_LENGTH:] if len(code) == KEY_LENGTH + CODE_LENGTH else code


def read_code(text: str) -> str | None:
    """Return a typed join code as it was made, or None if it cannot be one. Case, spaces and
    hyphens do not matter.
    """
    letters = "".join(text[:40].upper().replace("-", " ").split())
    return letters if len(letters) == CODE_LENGTH and set(letters) <= set(CODE_LETTERS) else None


def check_nickname(text: str, taken: Iterable[str]) -> str:
    """Return a nickname as it is kept.

    Args:
        taken: nicknames of the others in the class.

    Raises:
        EngineError: ``nickname_length``, ``nickname_letters`` (nothing that can be said aloud),
            ``nickname_taken``.
    """
    least, most = NICKNAME_LENGTH
    name = clean_name(unicodedata.normalize("NFKC", text[: 50 * most]), NICKNAME_CODE_POINTS)
    if not least <= count_seen(name) <= most or len(text) > 50 * most:
        raise EngineError("nickname_length", least=least, most=most)
    marks = sum(unicodedata.category(character)[0] == "M" for character in name)
    if not any(character.isalnum() for character in name) or 2 * marks > len(name):
        raise EngineError("nickname_letters")
    if as_read(name) in map(as_read, taken):
        raise EngineError("nickname_taken")
    return name


def check_class_name(text: str) -> str:
    """Return the name of a class as it is kept.

    Raises:
        EngineError: ``class_unnamed``.
    """
    name = clean_name(text[: 50 * MOST_CHARACTERS])
    if not name:
        raise EngineError("class_unnamed")
    return name


def check_missions(chosen: Iterable[str]) -> tuple[str, ...]:
    """Return those of the chosen missions that there are, in the order of a lesson.

    Raises:
        EngineError: ``class_without_missions``.
    """
    wanted = set(chosen)
    missions = tuple(mission for mission in MISSIONS if mission in wanted)
    if not missions:
        raise EngineError("class_without_missions")
    return missions


def check_steering(steering: Steering, pages: Collection[str]) -> Steering:
    """Return what a teacher sets without what means nothing here.

    Args:
        pages: names of those that can be closed.

    Raises:
        EngineError: ``sentence_length``.
    """
    sentence = " ".join(
        "".join(c if c.isprintable() else " " for c in steering.eyes_up[:1_000]).split()
    )
    if len(sentence) > MOST_SENTENCE:
        raise EngineError("sentence_length", most=MOST_SENTENCE)
    return Steering(
        steering.up_to if steering.up_to in MISSIONS else None,
        tuple(page for page in pages if page in steering.pages),
        tuple(sorted(LOCKABLE & set(steering.settings))),
        sentence,
    )


def nicknames(first: str, second: str, pattern: str) -> tuple[str, ...]:
    """Return every nickname that can be offered: a word of each list, which are texts with commas
    in them.
    """
    pairs = ((one, two) for one in _words(first) for two in _words(second))
    return tuple(pattern.format(first=one, second=two) for one, two in pairs)


def free_seat(students: Iterable[Student]) -> int:
    """Return a number that none of a class's students has."""
    return 1 + max((each.seat for each in students), default=0)


def code_on_wall(student: Student, runs: Container[str], now: float) -> str:
    """Return the code of the network that a student shows on the wall; it goes with its run, and
    after three hours.

    Args:
        runs: ids of those that the student still has.
    """
    wall = student.wall
    return wall.code if wall and wall.run in runs and 0 <= now - wall.since < WALL_SECONDS else ""


def seat_of(
    classroom: Classroom,
    student: Student,
    round: StudentRound | None = None,
    drawings: int = 0,
    network: str = "",
) -> Seat:
    """Return what a student's pages are drawn by.

    Args:
        round: the round that the class is in, as this student sees it.
        drawings: of this student that the class has kept.
        network: as :func:`code_on_wall`.
    """
    return Seat(
        classroom.id,
        classroom.name,
        student.nickname,
        student.hand_at is not None,
        classroom.missions,
        classroom.steering,
        round,
        network,
        classroom.data,
        drawings,
    )


def expired(classrooms: Mapping[str, Classroom], now: float, days: int) -> list[Classroom]:
    """Return the classes that nobody has used for so many days."""
    return [each for each in classrooms.values() if now - each.used > days * 86_400]


def _words(text: str) -> list[str]:
    return [
        word.strip()
        for word in text.replace("，", ",").replace("、", ",").split(",")
        if word.strip()
    ]
